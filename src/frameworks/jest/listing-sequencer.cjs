/*
 * Jest asks its sequencer before it lists: the one place where all tests, of all projects, come by
 * as data. (`--listTests` prints to stdout, between whatever a configuration prints there, and
 * each file once, in however many projects it runs.)
 */
'use strict';

module.exports = class ListingSequencer {
  static tests = [];

  sort(tests) {
    ListingSequencer.tests = tests;
    return tests;
  }
};
