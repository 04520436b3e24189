import { filePresent } from 'pindown';

const presence = await filePresent(import.meta.filename);
switch (presence.kind) {
  case 'present':
    break;
  case 'absent':
    throw new Error('It is gone: no retry will bring it back.');
  case 'unknown':
    throw new Error(`Nobody can tell: ${presence.code}.`, { cause: presence.error });
}
