/** The name by which a WebSocket client asks for this protocol. */
export const SUBPROTOCOL = 'k1te.chat.v1';
