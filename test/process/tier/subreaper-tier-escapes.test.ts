import { describeEscapes } from './describe-escapes.ts';

describeEscapes('subreaper');
