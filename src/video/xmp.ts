import { appendFile } from 'node:fs/promises';
import { describe, digitalSourceType, parseMetadata, type VideoMetadata } from './metadata.js';

const ENTITIES: readonly (readonly [string, string])[] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
];

/** The metadata as an XMP packet: IPTC's digital source type and a description for other programs, all of ours as JSON. */
export function toXmp(metadata: VideoMetadata): string {
  const escaped = (text: string) =>
    ENTITIES.reduce((all, [plain, entity]) => all.replaceAll(plain, entity), text);
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:iptc="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:handfirst="urn:handfirst:"
 iptc:DigitalSourceType="${digitalSourceType(metadata)}">
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">${escaped(describe(metadata))}</rdf:li></rdf:Alt></dc:description>
<handfirst:metadata>${escaped(JSON.stringify(metadata))}</handfirst:metadata>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`;
}

/** Our metadata in an XMP packet, or undefined. */
export function fromXmp(xmp: string): VideoMetadata | undefined {
  const text = /<handfirst:metadata>([\s\S]*?)<\/handfirst:metadata>/.exec(xmp)?.[1];
  if (text === undefined) return undefined;
  return parseMetadata(
    [...ENTITIES].reverse().reduce((all, [plain, entity]) => all.replaceAll(entity, plain), text),
  );
}

/** The `uuid` box of MP4 and QuickTime files that holds XMP (XMP specification, part 3, section 2.2.1). */
const XMP_BOX = Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex');

/** A box with the metadata, to stand at the end of an MP4 or QuickTime file, so that nothing before it moves. */
export function xmpBox(metadata: VideoMetadata): Buffer {
  const text = Buffer.from(toXmp(metadata), 'utf8');
  const head = Buffer.from('\0\0\0\0uuid', 'latin1');
  head.writeUInt32BE(head.length + XMP_BOX.length + text.length);
  return Buffer.concat([head, XMP_BOX, text]);
}

/** Puts XMP at the end of a finished MP4 or QuickTime file. */
export async function appendXmp(file: string, metadata: VideoMetadata): Promise<void> {
  await appendFile(file, xmpBox(metadata));
}
