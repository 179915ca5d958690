#include "services/platform/table/table.h"

#include <csv.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "services/platform/core/bytes.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::platform {
namespace {

constexpr std::string_view kUtf8Bom = "\xEF\xBB\xBF";
constexpr std::string_view kUtf16LeBom = "\xFF\xFE";
constexpr std::string_view kUtf16BeBom = "\xFE\xFF";
constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
// A line is buffered until its end, so it needs a bound besides that of a field.
constexpr std::size_t kFieldsPerLineAtFullLength = 16;

std::string_view Trim(std::string_view text) {
  auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  for (;;) {
    if (!text.empty() && is_space(text.front())) {
      text.remove_prefix(1);
    } else if (!text.empty() && is_space(text.back())) {
      text.remove_suffix(1);
    } else if (text.starts_with(kNoBreakSpace)) {
      text.remove_prefix(kNoBreakSpace.size());
    } else if (text.ends_with(kNoBreakSpace)) {
      text.remove_suffix(kNoBreakSpace.size());
    } else {
      return text;
    }
  }
}

// Where the first LF or CR is. LF is looked for first, so that one pass over a line does.
std::size_t LineEnd(std::string_view text) {
  const std::size_t feed = text.find('\n');
  const std::size_t back = text.substr(0, feed).find('\r');
  return back == text.npos ? feed : back;
}

// No byte above 0x7F and none of value 0, eight at a time.
bool IsPlainAscii(std::string_view text) {
  constexpr std::uint64_t kHigh = 0x8080808080808080u;
  constexpr std::uint64_t kOnes = 0x0101010101010101u;
  std::size_t i = 0;
  std::uint64_t bad = 0;
  for (; i + sizeof(std::uint64_t) <= text.size(); i += sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, sizeof(word));
    bad |= (word | (word - kOnes)) & kHigh;
  }
  for (; i < text.size(); ++i) bad |= static_cast<signed char>(text[i]) <= 0 ? kHigh : 0;
  return bad == 0;
}

enum class Utf8 { kAscii, kMultibyte, kCutAtEnd, kInvalid };

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
Utf8 CheckUtf8(std::string_view text) {
  bool multibyte = false;
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    int more = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      more = 1;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      more = 2;
      if (lead == 0xE0) low = 0xA0;
      if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      more = 3;
      if (lead == 0xF0) low = 0x90;
      if (lead == 0xF4) high = 0x8F;
    } else {
      return Utf8::kInvalid;
    }
    for (++i; more > 0; --more, ++i) {
      if (i == text.size()) return Utf8::kCutAtEnd;
      const auto byte = static_cast<unsigned char>(text[i]);
      if (byte < low || byte > high) return Utf8::kInvalid;
      low = 0x80;
      high = 0xBF;
    }
    multibyte = true;
  }
  return multibyte ? Utf8::kMultibyte : Utf8::kAscii;
}

// Owns an ICU converter that stops at what it cannot convert.
class Converter {
 public:
  explicit Converter(const char* name) {
    UErrorCode error = U_ZERO_ERROR;
    converter_ = ucnv_open(name, &error);
    if (converter_ == nullptr) return;
    ucnv_setToUCallBack(converter_, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
    ucnv_setFromUCallBack(converter_, UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
  }
  ~Converter() {
    if (converter_ != nullptr) ucnv_close(converter_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  UConverter* get() const { return converter_; }

 private:
  UConverter* converter_ = nullptr;
};

// Turns bytes of one encoding into UTF-8, in pieces.
class ToUtf8 {
 public:
  explicit ToUtf8(const char* from) : from_(from), to_("UTF-8") {}

  // False if the bytes are not text in the encoding. What was converted before the
  // fault is in `out`.
  bool Convert(std::string_view bytes, bool last, std::string& out) {
    if (from_.get() == nullptr || to_.get() == nullptr) return false;
    const char* source = bytes.data();
    const char* const source_end = source + bytes.size();
    for (;;) {
      std::array<char, KiB(4)> buffer;
      char* target = buffer.data();
      UErrorCode error = U_ZERO_ERROR;
      ucnv_convertEx(to_.get(), from_.get(), &target, buffer.data() + buffer.size(), &source,
                     source_end, pivot_.data(), &pivot_source_, &pivot_target_,
                     pivot_.data() + pivot_.size(), reset_, last, &error);
      reset_ = false;
      out.append(buffer.data(), static_cast<std::size_t>(target - buffer.data()));
      if (error == U_BUFFER_OVERFLOW_ERROR) continue;
      reset_ = last;
      return U_SUCCESS(error) != 0;
    }
  }

 private:
  Converter from_;
  Converter to_;
  std::array<UChar, 1024> pivot_;
  UChar* pivot_source_ = pivot_.data();
  UChar* pivot_target_ = pivot_.data();
  bool reset_ = true;
};

}  // namespace

struct TableReader::Impl {
  // The row that libcsv is filling: the fields' bytes end to end, and where each ends.
  class Row final : public TableRow {
   public:
    std::int64_t line() const override { return line_; }
    std::string_view Get(std::string_view column) const override {
      const auto it = columns->find(View(column));
      return it == columns->end() ? std::string_view() : Field(it->second);
    }
    int Find(std::string_view column) const override {
      const auto it = columns->find(View(column));
      return it == columns->end() ? -1 : static_cast<int>(it->second);
    }
    std::string_view At(int column) const override {
      return column < 0 ? std::string_view() : Field(static_cast<std::size_t>(column));
    }
    std::string_view fault() const override { return fault_; }

    std::string_view Field(std::size_t index) const {
      if (index < plain.size()) return Trim(plain[index]);
      if (index >= ends.size()) return {};
      const std::size_t begin = index == 0 ? 0 : ends[index - 1];
      return Trim(std::string_view(bytes).substr(begin, ends[index] - begin));
    }
    std::size_t size() const { return plain.empty() ? ends.size() : plain.size(); }
    void Clear() {
      plain.clear();
      bytes.clear();
      ends.clear();
    }

    const absl::flat_hash_map<std::string, std::size_t>* columns = nullptr;
    std::vector<std::string_view> plain;  // The fields of a line without quotes, where they lie.
    std::string bytes;
    std::vector<std::size_t> ends;
    std::int64_t line_ = 0;
    std::string fault_;
  };

  explicit Impl(TableOptions o) : options(std::move(o)) {
    csv_init(&parser, 0);
    csv_set_delim(&parser, static_cast<unsigned char>(options.separator));
    row.columns = &columns;
  }
  ~Impl() { csv_free(&parser); }

  absl::Status NotText(std::string_view what) const {
    return Error(absl::StatusCode::kInvalidArgument, "TABLE_NOT_TEXT",
                 absl::StrCat("line ", line + 1, ": ", View(what),
                              "; send the table as UTF-8, UTF-16 with a byte order mark, or "
                              "Windows-1252 text"))
        .With("line", absl::StrCat(line + 1));
  }

  absl::Status TooLong(std::int64_t at) const {
    return Error(absl::StatusCode::kInvalidArgument, "TABLE_FIELD_TOO_LONG",
                 absl::StrCat("line ", at, ": a field is longer than ", options.field_bytes_max,
                              " bytes; look for a quote that is opened and not closed before it"))
        .With("line", absl::StrCat(at))
        .With("field_bytes_max", absl::StrCat(options.field_bytes_max));
  }

  absl::Status TakeHeader();
  absl::Status TakeRow(OnRow on_row);
  absl::Status ParseLine(std::string_view text, OnRow on_row);
  absl::Status SplitPlainLine(std::string_view text, OnRow on_row);
  absl::Status TakeLine(std::string_view raw, bool complete, OnRow on_row);
  absl::Status TakeText(std::string_view text, bool last, OnRow on_row);
  absl::Status TakeBytes(std::string_view bytes, bool last, OnRow on_row);
  void DetectEncoding(bool last);

  TableOptions options;
  csv_parser parser;
  absl::flat_hash_map<std::string, std::size_t> columns;
  std::size_t width = 0;  // Fields in the header.
  bool header_taken = false;

  Row row;
  bool row_ended = false;  // By the line that libcsv just read.
  bool row_open = false;   // A quoted field goes on after the line's end.
  std::string row_fault;   // Of the lines read so far of the row.
  std::int64_t rows = 0;
  std::int64_t line = 0;  // Lines taken so far.

  std::string head;  // Bytes kept until the byte order mark is known.
  bool detected = false;
  std::string_view utf16;  // Its name, if that is what it is.
  std::unique_ptr<ToUtf8> from_utf16;
  std::unique_ptr<ToUtf8> from_cp1252;
  bool seen_multibyte = false;
  bool seen_cp1252 = false;
  std::string pending;  // A line whose end has not come.
  std::string converted;
  bool cut = false;
  bool finished = false;
  absl::Status failed;
};

absl::Status TableReader::Impl::TakeHeader() {
  header_taken = true;
  width = row.size();
  for (std::size_t i = 0; i < width; ++i) {
    const std::string_view name = row.Field(i);
    if (name.empty()) continue;  // Spreadsheets leave nameless columns at the end.
    if (!columns.emplace(std::string(name), i).second) {
      return Error(absl::StatusCode::kInvalidArgument, "TABLE_HEADER_DUPLICATE_COLUMN",
                   absl::StrCat("the header has the column \"", View(name), "\" twice"))
          .With("column", name);
    }
  }
  std::vector<std::string> missing;
  for (const std::string& name : options.required) {
    if (!columns.contains(name)) missing.push_back(name);
  }
  if (missing.empty()) return absl::OkStatus();
  const std::string names = absl::StrJoin(missing, ", ");
  return Error(absl::StatusCode::kInvalidArgument, "TABLE_HEADER_MISSING_COLUMN",
               absl::StrCat("the header lacks ", names,
                            "; check the names and the separator of the file"))
      .With("column", names);
}

absl::Status TableReader::Impl::TakeRow(OnRow on_row) {
  if (!header_taken) {
    absl::Status status = TakeHeader();
    row.Clear();
    if (status.ok() && !row_fault.empty()) return NotText("the header has a fault");
    return status;
  }
  if (++rows > options.rows_max) {
    return Error(absl::StatusCode::kInvalidArgument, "TABLE_TOO_MANY_ROWS",
                 absl::StrCat("the table has more than ", options.rows_max,
                              " rows; cut it into several files"))
        .With("rows_max", absl::StrCat(options.rows_max));
  }
  row.fault_ = std::move(row_fault);
  row_fault.clear();
  if (row.fault_.empty() && row.size() != width) {
    row.fault_ = absl::StrCat("has ", row.size(), row.size() == 1 ? " field" : " fields",
                              ", the header has ", width);
  }
  absl::Status status = on_row(row);
  row.Clear();
  return status;
}

// Most lines have no quotes, and then nothing needs to be copied to cut them into fields.
absl::Status TableReader::Impl::SplitPlainLine(std::string_view text, OnRow on_row) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  for (;;) {
    const std::size_t end = text.find(options.separator);
    row.plain.push_back(text.substr(0, end));
    if (row.plain.back().size() > options.field_bytes_max) return TooLong(row.line_);
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  return TakeRow(on_row);
}

// `text` is one line in UTF-8 with its end, if it has one.
absl::Status TableReader::Impl::ParseLine(std::string_view text, OnRow on_row) {
  if (!row_open) {
    const auto is_blank = [this](char c) {
      return c == '\r' || c == '\n' || c == ' ' || (c == '\t' && options.separator != '\t');
    };
    if (std::all_of(text.begin(), text.end(), is_blank)) return absl::OkStatus();
    row.line_ = line;
    if (text.find('"') == text.npos) return SplitPlainLine(text, on_row);
  }
  row_ended = false;
  auto on_field = [](void* data, std::size_t size, void* self) {
    Row& r = static_cast<Impl*>(self)->row;
    r.bytes.append(static_cast<const char*>(data), size);
    r.ends.push_back(r.bytes.size());
  };
  auto on_end = [](int, void* self) { static_cast<Impl*>(self)->row_ended = true; };
  if (csv_parse(&parser, text.data(), text.size(), on_field, on_end, this) != text.size()) {
    return absl::ResourceExhaustedError(csv_strerror(csv_error(&parser)));
  }
  // What libcsv keeps of an unfinished field is bounded as a finished one is.
  if (parser.entry_pos > options.field_bytes_max) return TooLong(row.line_);
  if (row.bytes.size() > options.field_bytes_max * kFieldsPerLineAtFullLength) {
    return TooLong(row.line_);  // A row over many lines, each of them short.
  }
  for (std::size_t i = 0; i < row.ends.size(); ++i) {
    if (row.ends[i] - (i == 0 ? 0 : row.ends[i - 1]) > options.field_bytes_max) {
      return TooLong(row.line_);
    }
  }
  row_open = !row_ended;
  return row_ended ? TakeRow(on_row) : absl::OkStatus();
}

// `raw` is one line as it came (UTF-16 already turned into UTF-8).
absl::Status TableReader::Impl::TakeLine(std::string_view raw, bool complete, OnRow on_row) {
  if (IsPlainAscii(raw)) {
    ++line;
    return ParseLine(raw, on_row);
  }
  if (std::memchr(raw.data(), 0, raw.size()) != nullptr) {
    return NotText("has a byte of value 0, which text has not");
  }
  ++line;
  switch (CheckUtf8(raw)) {
    case Utf8::kAscii:
      return ParseLine(raw, on_row);
    case Utf8::kMultibyte:
      seen_multibyte = true;
      return ParseLine(raw, on_row);
    case Utf8::kCutAtEnd:
      // The file ends inside a character, if it had such characters before; a
      // Windows-1252 file may end in a lone accented letter as well.
      if (!complete && seen_multibyte && !seen_cp1252) {
        row_fault = "the file ends in the middle of a character";
        while (!raw.empty() && (static_cast<unsigned char>(raw.back()) & 0xC0) == 0x80) {
          raw.remove_suffix(1);
        }
        if (!raw.empty()) raw.remove_suffix(1);
        return ParseLine(raw, on_row);
      }
      break;
    case Utf8::kInvalid:
      break;
  }
  seen_cp1252 = true;
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0x81 || byte == 0x8D || byte == 0x8F || byte == 0x90 || byte == 0x9D) {
      row_fault = absl::StrFormat(
          "is neither UTF-8 nor Windows-1252: byte 0x%02X on line %d is no character", byte, line);
    }
  }
  if (from_cp1252 == nullptr) from_cp1252 = std::make_unique<ToUtf8>("windows-1252");
  converted.clear();
  if (!from_cp1252->Convert(raw, /*last=*/true, converted)) {
    --line;
    return NotText("cannot be converted from Windows-1252");
  }
  return ParseLine(converted, on_row);
}

// Cuts `text` into lines: LF, CR LF or a lone CR ends one.
absl::Status TableReader::Impl::TakeText(std::string_view text, bool last, OnRow on_row) {
  const std::size_t line_bytes_max = options.field_bytes_max * kFieldsPerLineAtFullLength;
  std::string joined;
  if (!pending.empty()) {
    joined = std::move(pending);
    joined.append(text);
    text = joined;
    pending.clear();
  }
  while (!text.empty()) {
    const std::size_t end = LineEnd(text);
    std::size_t size = text.size();
    bool complete = false;
    if (end != text.npos) {
      // A CR at the very end may be half of a CR LF whose LF is still to come.
      if (text[end] == '\n' || end + 1 < text.size() || last) {
        size = end + (text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n' ? 2 : 1);
        complete = true;
      }
    }
    if ((end == text.npos ? size : end) > line_bytes_max) return TooLong(line + 1);
    if (!complete && !last) {
      pending = std::string(text);
      return absl::OkStatus();
    }
    cut = !complete;
    RETURN_IF_ERROR(TakeLine(text.substr(0, size), complete, on_row));
    text.remove_prefix(size);
  }
  return absl::OkStatus();
}

void TableReader::Impl::DetectEncoding(bool last) {
  // UTF-16's marks are two bytes long, UTF-8's three.
  if (head.size() < kUtf8Bom.size() && !last) return;
  detected = true;
  if (head.starts_with(kUtf8Bom)) {
    head.erase(0, kUtf8Bom.size());
  } else if (head.starts_with(kUtf16LeBom)) {
    utf16 = "UTF-16LE";
  } else if (head.starts_with(kUtf16BeBom)) {
    utf16 = "UTF-16BE";
  }
  if (utf16.empty()) return;
  head.erase(0, kUtf16LeBom.size());
  from_utf16 = std::make_unique<ToUtf8>(utf16.data());
}

absl::Status TableReader::Impl::TakeBytes(std::string_view bytes, bool last, OnRow on_row) {
  std::string first;
  if (!detected) {
    head.append(bytes);
    DetectEncoding(last);
    if (!detected) return absl::OkStatus();
    first = std::move(head);
    head.clear();
    bytes = first;
  }
  if (from_utf16 == nullptr) return TakeText(bytes, last, on_row);
  std::string text;
  const bool good = from_utf16->Convert(bytes, last, text);
  // Whatever came whole before the fault is handed over, however it was cut.
  RETURN_IF_ERROR(TakeText(text, last && good, on_row));
  return good ? absl::OkStatus() : NotText("is not UTF-16, as the file's first bytes promise");
}

TableReader::TableReader(TableOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
TableReader::~TableReader() = default;

absl::Status TableReader::Feed(std::string_view bytes, OnRow on_row) {
  if (!impl_->failed.ok()) return impl_->failed;
  impl_->failed = impl_->TakeBytes(bytes, /*last=*/false, on_row);
  return impl_->failed;
}

absl::Status TableReader::Finish(OnRow on_row) {
  Impl& t = *impl_;
  if (!t.failed.ok() || t.finished) return t.failed;
  t.finished = true;
  auto finish = [&]() -> absl::Status {
    RETURN_IF_ERROR(t.TakeBytes("", /*last=*/true, on_row));
    auto on_field = [](void* data, std::size_t size, void* self) {
      Impl::Row& r = static_cast<Impl*>(self)->row;
      r.bytes.append(static_cast<const char*>(data), size);
      r.ends.push_back(r.bytes.size());
    };
    auto on_end = [](int, void* self) { static_cast<Impl*>(self)->row_ended = true; };
    t.row_ended = false;
    // Strict only now: libcsv tells an open quote, and takes the dirt before it.
    csv_set_opts(&t.parser, CSV_STRICT | CSV_STRICT_FINI);
    if (csv_fini(&t.parser, on_field, on_end, &t) != 0) {
      t.row_fault = absl::StrCat("a quote is opened and never closed: lines ", t.row.line_, " to ",
                                 t.line, " were read as one row");
      csv_set_opts(&t.parser, 0);
      csv_fini(&t.parser, on_field, on_end, &t);
    }
    if (t.row_ended) RETURN_IF_ERROR(t.TakeRow(on_row));
    return t.header_taken ? absl::OkStatus() : t.TakeHeader();
  };
  t.failed = finish();
  return t.failed;
}

bool TableReader::truncated() const { return impl_->cut; }

std::string_view TableReader::encoding() const {
  if (!impl_->utf16.empty()) return impl_->utf16;
  if (!impl_->seen_cp1252) return "UTF-8";
  return impl_->seen_multibyte ? "UTF-8 and windows-1252" : "windows-1252";
}

}  // namespace assay::platform
