-- Words that many centres have, and the blocks of centres in which two of them stand together: a
-- block is an id without its last two letters.
CREATE TABLE search_common_words (
  tenant TEXT NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (tenant, word)
) WITHOUT ROWID;
CREATE TABLE search_pairs (
  tenant TEXT NOT NULL,
  first_word TEXT NOT NULL,
  second_word TEXT NOT NULL,
  block TEXT NOT NULL,
  PRIMARY KEY (tenant, first_word, second_word, block)
) WITHOUT ROWID;
INSERT INTO search_common_words SELECT tenant, word FROM centre_words WHERE word NOT LIKE '=%'
  GROUP BY tenant, word HAVING COUNT(*) > 2000;
INSERT INTO search_pairs
  SELECT DISTINCT a.tenant, a.word, b.word, substr(a.centre, 1, length(a.centre) - 2)
  FROM search_common_words c
  JOIN centre_words a ON a.tenant = c.tenant AND a.word = c.word
  JOIN centre_words b ON b.tenant = a.tenant AND b.centre = a.centre AND b.word > a.word
  JOIN search_common_words d ON d.tenant = b.tenant AND d.word = b.word;
