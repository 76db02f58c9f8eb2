export const handler = async (): Promise<void> => {}; // PLACEHOLDER events/stream
