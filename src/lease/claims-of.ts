import type { Backend, Claims } from './claims.ts';
import { FileClaims } from './file-claims.ts';
import { KernelClaims } from './kernel-claims.ts';

/** @param nonce a name of {@link mintName}, which stands for one acquisition */
export function claimsOf(backend: Backend, nonce: string): Claims {
  switch (backend) {
    case 'kernel':
      return new KernelClaims();
    case 'files':
      return new FileClaims(nonce);
  }
}
