import type { ReactiveControllerHost } from 'lit';

/** Takes files that are dropped on an area or pasted into a field. */
export class FileDrop {
  /** Whether files are held over the area now. */
  isOver = false;

  constructor(
    private readonly host: Pick<ReactiveControllerHost, 'requestUpdate'>,
    private readonly take: (files: File[]) => void,
  ) {}

  /** For the area's `dragenter` and `dragover` events. */
  readonly onDrag = (event: DragEvent): void => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    this.show(true);
  };

  /** For the area's `dragleave` event. */
  readonly onLeave = ({ currentTarget, relatedTarget }: DragEvent): void => {
    if (!(currentTarget as Element).contains(relatedTarget as Node | null)) this.show(false);
  };

  /** For the area's `drop` event. */
  readonly onDrop = (event: DragEvent): void => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    this.show(false);
    this.take([...(event.dataTransfer?.files ?? [])]);
  };

  /** For the field's `paste` event: files are taken, text goes where it belongs. */
  readonly onPaste = (event: ClipboardEvent): void => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    this.take(files);
  };

  private show(isOver: boolean): void {
    if (isOver === this.isOver) return;
    this.isOver = isOver;
    this.host.requestUpdate();
  }
}

const holdsFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;
