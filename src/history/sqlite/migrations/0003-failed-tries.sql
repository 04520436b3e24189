-- What a test failed with before its framework itself tried it again: messages, as a JSON array.
ALTER TABLE test_results ADD COLUMN failed_tries TEXT;

-- This too is where flakiness shows, and few have any.
CREATE INDEX test_results_tried_again ON test_results (attempt_key) WHERE failed_tries IS NOT NULL;
