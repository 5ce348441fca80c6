/** Shows the number of unread messages in the page's title while the visitor looks elsewhere. */
export class TitleBadge {
  private original: string | undefined;
  private shown: string | undefined;

  show(unread: number): void {
    if (unread === 0 || document.visibilityState === 'visible') return this.clear();
    // The page may have changed its title since.
    if (document.title !== this.shown) this.original = document.title;
    this.shown = `(${unread}) ${this.original ?? ''}`;
    document.title = this.shown;
  }

  clear(): void {
    if (this.shown !== undefined && document.title === this.shown) document.title = this.original ?? '';
    this.shown = undefined;
  }
}
