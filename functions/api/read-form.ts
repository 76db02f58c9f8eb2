import { illegalArgument } from '../../lib/errors/catalogue.ts';
import type { ApiRequest } from './http.ts';

/** A file of a form: its name as the client gave it, its type and its bytes. */
export interface UploadedFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** The file in the field `file` of a multipart form. Throws Marathon's 422 for a body that has none. */
export async function readUploadedFile(request: ApiRequest): Promise<UploadedFile> {
  const missing = illegalArgument('The multipart form has no file in its field `file`.');
  const body = request.binaryBody ?? new TextEncoder().encode(request.body);
  const headers = { 'content-type': request.headers.get('content-type') ?? '' };
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(body), { headers }).formData();
  } catch {
    // Broken, or of another type: there is no file in it.
    throw missing;
  }
  const file = form.get('file');
  if (file === null || typeof file === 'string') throw missing;
  return {
    name: file.name,
    contentType: file.type === '' ? 'application/octet-stream' : file.type,
    bytes: new Uint8Array(await file.arrayBuffer()),
  };
}
