#include "services/approval/parsed_entries.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace assay::approval {
namespace {

Qualification Titled(const std::string& title) { return {.title = title}; }

TEST(ParsedEntriesTest, KeepsWhatCameFirst) {
  ParsedEntries entries;
  EXPECT_EQ(entries.Find("a"), nullptr);
  EXPECT_EQ(entries.Keep("a", 10, Titled("first"))->title, "first");
  EXPECT_EQ(entries.Keep("a", 10, Titled("second"))->title, "first");
  EXPECT_EQ(entries.Find("a")->title, "first");
}

TEST(ParsedEntriesTest, ForgetsTheLongestUnusedWhenItIsFull) {
  ParsedEntries entries(30);
  entries.Keep("a", 10, Titled("a"));
  entries.Keep("b", 10, Titled("b"));
  entries.Keep("c", 10, Titled("c"));
  const ParsedEntries::Entry held = entries.Find("a");
  entries.Keep("d", 15, Titled("d"));
  EXPECT_EQ(entries.Find("b"), nullptr);
  EXPECT_EQ(entries.Find("c"), nullptr);
  EXPECT_EQ(entries.Find("a"), held);
  entries.Keep("e", 100, Titled("e"));
  EXPECT_EQ(entries.Find("a"), nullptr);
  EXPECT_EQ(held->title, "a");
  EXPECT_EQ(entries.Find("e")->title, "e");
}

TEST(ParsedEntriesTest, MayBeUsedByManyThreads) {
  ParsedEntries entries(50);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&entries] {
      for (int i = 0; i < 500; ++i) {
        const std::string key = std::to_string(i % 9);
        ParsedEntries::Entry entry = entries.Find(key);
        if (entry == nullptr) entry = entries.Keep(key, 10, Titled(key));
        EXPECT_EQ(entry->title, key);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace assay::approval
