/** A function that does nothing: what is left is the runtime. */
export const handler = async (): Promise<{ statusCode: number; body: string }> => ({
  statusCode: 200,
  body: '["PONG"]',
});
