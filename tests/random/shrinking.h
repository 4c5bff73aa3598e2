#pragma once
// Makes a JSON text that shows a fault smaller, for as long as the fault stays: takes out members, elements and parts
// of strings, puts a child in its parent's place, writes escaped letters plainly. Ends with what cannot be made
// shorter, or when it has asked often enough.
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/json_reader.h"

namespace sagewatch {

class JsonShrinker {
 public:
  // Whether the text, which may be no JSON at all, still shows the fault.
  using ShowsFault = std::function<bool(const std::string&)>;
  static constexpr std::size_t attempts_max = 5'000;

  explicit JsonShrinker(ShowsFault shows_fault) : shows_fault_(std::move(shows_fault)) {}

  std::string shrink(std::string text) {
    while (const auto smaller = step(text)) text = *smaller;
    return text;
  }

 private:
  struct Part {  // a value, or a member with its value as only child
    std::size_t begin = 0;
    std::size_t end = 0;
    bool is_member = false;
    bool is_string = false;
    std::vector<Part> children;
    std::size_t size() const { return end - begin; }
  };

  std::optional<std::string> step(const std::string& text) {
    smaller_.reset();
    const Part root = parts(text);
    try_without_space(text) || try_inside(text, root) || try_plain_letters(text) || try_letters(text);
    return smaller_;
  }

  bool attempt(const std::string& original, std::size_t begin, std::size_t end, std::string_view instead = {}) {
    if (end - begin <= instead.size() || ++attempts_ > attempts_max) return false;
    std::string candidate = original;
    candidate.replace(begin, end - begin, instead);
    if (!shows_fault_(candidate)) return false;
    smaller_ = std::move(candidate);
    return true;
  }

  bool try_inside(const std::string& text, const Part& part) {
    if (!part.is_member && try_value(text, part)) return true;
    for (const Part& child : part.children) {
      if (try_inside(text, child)) return true;
    }
    return false;
  }
  bool try_value(const std::string& text, const Part& part) {
    if (try_without_children(text, part)) return true;
    for (const Part& child : part.children) {
      const Part& value = child.is_member ? child.children.back() : child;
      if (attempt(text, part.begin, part.end, std::string_view{text}.substr(value.begin, value.size()))) return true;
    }
    if (attempt(text, part.begin, part.end, "0")) return true;
    return part.is_string && try_shorter_string(text, part);
  }
  bool try_without_children(const std::string& text, const Part& part) {
    const std::vector<Part>& all = part.children;
    for (std::size_t chunk = all.size(); chunk > 0; chunk /= 2) {
      for (std::size_t i = 0; i + chunk <= all.size(); i += chunk) {
        const bool last = i + chunk == all.size();
        const std::size_t begin = last && i > 0 ? all[i - 1].end : all[i].begin;
        if (attempt(text, begin, last ? all.back().end : all[i + chunk].begin)) return true;
      }
    }
    return false;
  }
  bool try_shorter_string(const std::string& text, const Part& part) {
    const std::size_t inside = part.size() - 2;
    for (std::size_t chunk = inside; chunk > 0; chunk /= 2) {
      for (std::size_t at = part.begin + 1; at + chunk < part.end; ++at) {
        if (attempt(text, at, at + chunk)) return true;
      }
    }
    return false;
  }
  bool try_without_space(const std::string& text) {
    std::string compact;
    JsonReader json{text};
    std::size_t behind = 0;
    const auto add_gap = [&](std::size_t until) {
      for (; behind < until; ++behind) {
        if (std::string_view{" \t\r\n"}.find(text[behind]) == std::string_view::npos) compact += text[behind];
      }
    };
    for (JsonToken token = json.next(); token != JsonToken::end; token = json.next()) {
      if (token == JsonToken::invalid) return false;
      add_gap(json.begin());
      compact += std::string_view{text}.substr(json.begin(), json.end() - json.begin());
      behind = json.end();
    }
    if (compact.size() == text.size() || !shows_fault_(compact)) return false;
    smaller_ = std::move(compact);
    return true;
  }
  bool try_plain_letters(const std::string& text) {
    static constexpr std::string_view escape = "\\u00";
    for (std::size_t at = text.find(escape); at != std::string::npos; at = text.find(escape, at + 1)) {
      const auto code = static_cast<char>(std::strtol(text.substr(at + escape.size(), 2).c_str(), nullptr, 16));
      if (attempt(text, at, at + 6, std::string(1, code))) return true;
    }
    return false;
  }
  bool try_letters(const std::string& text) {
    for (std::size_t size : {256U, 64U, 16U, 6U, 2U, 1U}) {
      for (std::size_t at = 0; at + size <= text.size(); ++at) {
        if (attempt(text, at, at + size)) return true;
      }
    }
    return false;
  }

  static Part parts(const std::string& text) {
    JsonReader json{text};
    std::vector<Part> open(1);  // the first holds the root
    for (JsonToken token = json.next(); token != JsonToken::end && token != JsonToken::invalid; token = json.next()) {
      Part part{json.begin(), json.end(), token == JsonToken::key, token == JsonToken::string, {}};
      if (token == JsonToken::key) {
        open.push_back(part);
        continue;
      }
      if (token == JsonToken::begin_object || token == JsonToken::begin_array) {
        open.push_back(part);
        continue;
      }
      if (token == JsonToken::end_object || token == JsonToken::end_array) {
        part = std::move(open.back());
        part.end = json.end();
        open.pop_back();
      }
      while (open.back().is_member) {  // the value ends its member
        Part member = std::move(open.back());
        open.pop_back();
        member.end = part.end;
        member.children.push_back(std::move(part));
        part = std::move(member);
      }
      open.back().children.push_back(std::move(part));
    }
    return open.front().children.empty() ? Part{} : std::move(open.front().children.front());
  }

  ShowsFault shows_fault_;
  std::size_t attempts_ = 0;
  std::optional<std::string> smaller_;
};

}  // namespace sagewatch
