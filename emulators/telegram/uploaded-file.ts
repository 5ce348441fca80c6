/** A file that came in a multipart body. */
export interface UploadedFile {
  readonly name: string;
  readonly mimeType?: string;
  readonly content: Buffer;
}
