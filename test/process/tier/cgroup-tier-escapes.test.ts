import { describeEscapes } from './describe-escapes.ts';

describeEscapes('cgroup');
