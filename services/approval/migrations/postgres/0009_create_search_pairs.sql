-- Words that many centres have, and the blocks of centres in which two of them stand together: a
-- block is an id without its last two letters.
CREATE TABLE search_common_words (
  tenant TEXT COLLATE "C" NOT NULL,
  word TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, word)
);
CREATE TABLE search_pairs (
  tenant TEXT COLLATE "C" NOT NULL,
  first_word TEXT COLLATE "C" NOT NULL,
  second_word TEXT COLLATE "C" NOT NULL,
  block TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, first_word, second_word, block)
);
INSERT INTO search_common_words SELECT tenant, word FROM centre_words WHERE word NOT LIKE '=%'
  GROUP BY tenant, word HAVING COUNT(*) > 2000;
INSERT INTO search_pairs
  SELECT DISTINCT a.tenant, a.word, b.word, substr(a.centre, 1, length(a.centre) - 2)
  FROM search_common_words c
  JOIN centre_words a ON a.tenant = c.tenant AND a.word = c.word
  JOIN centre_words b ON b.tenant = a.tenant AND b.centre = a.centre AND b.word > a.word
  JOIN search_common_words d ON d.tenant = b.tenant AND d.word = b.word;
