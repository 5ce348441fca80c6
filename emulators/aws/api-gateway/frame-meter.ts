/**
 * Reads the headers of the WebSocket frames in a client's byte stream and tells whether one is longer than allowed.
 * The `ws` library limits messages, not frames, and API Gateway limits both.
 * Layout of a frame: RFC 6455, section 5.2.
 */
export class FrameMeter {
  private header = Buffer.alloc(0);
  private payloadLeft = 0;

  /** @param limit bytes of payload that one frame may hold */
  constructor(private readonly limit: number) {}

  /** Takes the next bytes; true if a frame that begins in them is too long. */
  exceedsLimit(chunk: Buffer): boolean {
    let rest = chunk;
    while (rest.length > 0) {
      const skipped = Math.min(this.payloadLeft, rest.length);
      this.payloadLeft -= skipped;
      rest = rest.subarray(skipped);
      if (rest.length === 0) return false;

      this.header = Buffer.concat([this.header, rest.subarray(0, 14)]);
      const frame = readHeader(this.header);
      if (!frame) return false;
      if (frame.payloadLength > this.limit) return true;
      // Of the joined bytes, what was in `header` before this chunk has been consumed already.
      const before = this.header.length - Math.min(14, rest.length);
      rest = rest.subarray(frame.headerLength - before);
      this.header = Buffer.alloc(0);
      this.payloadLeft = frame.payloadLength;
    }
    return false;
  }
}

function readHeader(bytes: Buffer): { headerLength: number; payloadLength: number } | undefined {
  if (bytes.length < 2) return undefined;
  const second = bytes.readUInt8(1);
  const maskLength = second & 0x80 ? 4 : 0;
  const short = second & 0x7f;
  const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
  const headerLength = 2 + lengthBytes + maskLength;
  if (bytes.length < headerLength) return undefined;
  if (lengthBytes === 0) return { headerLength, payloadLength: short };
  if (lengthBytes === 2) return { headerLength, payloadLength: bytes.readUInt16BE(2) };
  return { headerLength, payloadLength: Number(bytes.readBigUInt64BE(2)) };
}
