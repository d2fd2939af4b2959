package io.moondial.modules.http;

import io.moondial.modules.http.Exchange.Answer;
import io.moondial.modules.http.Exchange.Failure;
import io.moondial.modules.http.Exchange.Outcome;
import io.moondial.modules.http.Exchange.Request;
import io.moondial.modules.http.Exchange.Why;
import io.moondial.modules.json.JsonText;
import io.moondial.modules.json.JsonText.NotJsonException;
import io.moondial.script.lua.LuaString;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How a dialog test says a call: lines {@code given http ...} and {@code http ...}. */
final class CallLine {
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");

    private CallLine() {}

    /**
     * What follows {@code given http}.
     *
     * @throws MistakeException if it is not as it should be
     */
    static Given given(String text) throws MistakeException {
        return new Words(text).given();
    }

    /**
     * What follows {@code http} or {@code no http}.
     *
     * @throws MistakeException if it is not as it should be
     */
    static Expected expected(String text) throws MistakeException {
        return new Words(text).expected();
    }

    /** A line is not as it should be; the message says how it should. */
    static final class MistakeException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int index;

        MistakeException(int index, String message) {
            super(message, null, false, false);
            this.index = index;
        }

        /** Where in the line the mistake is. */
        int index() {
            return index;
        }

        String message() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * A call as a line says it, in a form that compares: escapes and the order of the query do not
     * count.
     */
    record Target(String method, String upstream, List<String> path, List<String> query) {
        static Target of(String method, String upstream, String target) {
            int mark = target.indexOf('?');
            String path = mark < 0 ? target : target.substring(0, mark);
            List<String> query =
                    mark < 0 || mark == target.length() - 1
                            ? List.of()
                            : Stream.of(target.substring(mark + 1).split("&", -1))
                                    .map(it -> it.contains("=") ? it : it + "=")
                                    .map(CallLine::decoded)
                                    .sorted()
                                    .toList();
            return new Target(
                    method,
                    upstream,
                    // a + is itself in a path
                    Stream.of(path.split("/", -1))
                            .map(it -> decoded(it.replace("+", "%2B")))
                            .toList(),
                    query);
        }

        static Target of(Request request) {
            return of(request.method(), request.upstream(), request.target());
        }

        /**
         * Whether it stands for a call. An asterisk stands for any character: a recorded line has
         * them in the place of a secret.
         */
        boolean matches(Target call) {
            return method.equals(call.method)
                    && upstream.equals(call.upstream)
                    && match(path, call.path)
                    && match(query, call.query);
        }

        private static boolean match(List<String> wanted, List<String> parts) {
            return wanted.size() == parts.size()
                    && IntStream.range(0, parts.size())
                            .allMatch(it -> match(wanted.get(it), parts.get(it)));
        }

        private static boolean match(String wanted, String part) {
            return wanted.length() == part.length()
                    && IntStream.range(0, part.length())
                            .allMatch(
                                    it ->
                                            wanted.charAt(it) == '*'
                                                    || wanted.charAt(it) == part.charAt(it));
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /**
     * A line {@code given http}.
     *
     * @param text all of the line
     * @param shown the call as the line says it
     * @param after null: at once
     */
    record Given(
            String text, Target target, String shown, @Nullable Duration after, Outcome outcome) {}

    /** What follows {@code given http} to answer a request like this one in the same way. */
    static String given(Request request, Outcome outcome) {
        return request
                + " answers "
                + switch (outcome) {
                    case Failure failure -> failure.why().word();
                    case Answer answer ->
                            answer.status()
                                    + (answer.body().length() == 0
                                            ? ""
                                            : " " + body(answer.body(), jsonType(answer)));
                };
    }

    private static @Nullable String jsonType(Answer answer) {
        return answer.isJson() ? "application/json" : null;
    }

    /** A body as a line has it: JSON on one line, or a text in quotes. */
    static String body(LuaString body, @Nullable String type) {
        String text = body.toText();
        if (type != null && type.startsWith("application/json")) {
            try {
                JsonText.read(text);
                // a line break in JSON is a blank: in a string it is written \n
                return text.replace("\r", "").replace("\n", " ").replace("\t", " ").strip();
            } catch (NotJsonException e) {
                // it says that it is JSON, and is not
            }
        }
        return quoted(text);
    }

    private static String quoted(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t")
                        .replaceAll("\\p{Cntrl}", "?")
                + '"';
    }

    static String quotedIfNeeded(String text) {
        return text.matches("[^\\s\"]+") ? text : quoted(text);
    }

    static Failure failure(Why why, String upstream) {
        return new Failure(why, upstream + ": " + why.word() + ", as the test says");
    }

    /**
     * What a check asks for; a part that is null may be anything.
     *
     * @param json whether the body is compared as JSON
     */
    record Expected(
            @Nullable String method,
            @Nullable String upstream,
            @Nullable Target target,
            Map<String, String> headers,
            @Nullable String text,
            boolean json,
            @Nullable Object part) {

        boolean covers(Request call) {
            return (method == null || method.equals(call.method()))
                    && (upstream == null || upstream.equals(call.upstream()))
                    && (target == null || target.matches(Target.of(call)))
                    && headers.entrySet().stream().allMatch(it -> hasHeader(call, it))
                    && (text == null
                            || (call.body() != null && call.body().toText().contains(text)))
                    && (!json || coversJson(call));
        }

        private static boolean hasHeader(Request call, Map.Entry<String, String> wanted) {
            return call.headers().entrySet().stream()
                    .anyMatch(
                            it ->
                                    it.getKey().equalsIgnoreCase(wanted.getKey())
                                            && it.getValue().equals(wanted.getValue()));
        }

        private boolean coversJson(Request call) {
            if (call.body() == null) {
                return false;
            }
            try {
                return JsonText.covers(JsonText.read(call.body().toText()), part);
            } catch (NotJsonException e) {
                return false;
            }
        }
    }

    /** The words of a line, taken one after the other. */
    private static final class Words {
        private static final Pattern WORD = Pattern.compile("\\S+");
        private static final Pattern AFTER =
                Pattern.compile("after\\s+(\\d{1,7})(ms|s|m)(?=\\s|$)\\s*");
        private static final Pattern HEADER = Pattern.compile("header\\s+(" + Headers.NAME + ")=");

        private final String text;
        private String rest;

        /** Where the word that was taken last begins. */
        private int last;

        Words(String text) {
            this.text = text.strip();
            rest = this.text;
        }

        Given given() throws MistakeException {
            String before = rest;
            Target target = target();
            String shown = before.substring(0, before.length() - rest.length()).strip();
            String answers = word();
            if (!answers.equals("answers")) {
                throw wrong(
                        answers,
                        "'answers' must come next, with a status or a reason why the call fails");
            }
            Duration after = after();
            Outcome outcome = outcome(target.upstream());
            return new Given(text, target, shown, after, outcome);
        }

        Expected expected() throws MistakeException {
            if (rest.isEmpty()) {
                return new Expected(null, null, null, Map.of(), null, false, null);
            }
            String method = method();
            if (rest.isEmpty()) {
                return new Expected(method, null, null, Map.of(), null, false, null);
            }
            String upstream = upstream();
            if (rest.isEmpty()) {
                return new Expected(method, upstream, null, Map.of(), null, false, null);
            }
            Target target = target(method, upstream);
            Map<String, String> headers = headers();
            String text = text();
            if (text != null || rest.isEmpty()) {
                return new Expected(method, upstream, target, headers, text, false, null);
            }
            return new Expected(method, upstream, target, headers, null, true, json());
        }

        private String word() {
            last = text.length() - rest.length();
            Matcher word = WORD.matcher(rest);
            if (!word.lookingAt()) {
                return "";
            }
            rest = rest.substring(word.end()).stripLeading();
            return word.group();
        }

        /** The word that was taken last is wrong, or there is none. */
        private MistakeException wrong(String word, String allowed) {
            return new MistakeException(
                    last,
                    (word.isEmpty() ? "the line ends too early" : "unexpected '" + word + "'")
                            + ": "
                            + allowed);
        }

        /** What is left is wrong. */
        private MistakeException wrongRest(String message) {
            return new MistakeException(text.length() - rest.length(), message);
        }

        private String method() throws MistakeException {
            String method = word();
            if (!METHODS.contains(method)) {
                String meant = method.toUpperCase(Locale.ROOT);
                throw wrong(
                        method,
                        METHODS.contains(meant)
                                ? "write " + meant + " in capital letters"
                                : "a method must come next: " + String.join(", ", METHODS));
            }
            return method;
        }

        private String upstream() throws MistakeException {
            String upstream = word();
            if (!upstream.matches(HttpSettings.UPSTREAM_NAME)) {
                throw wrong(upstream, "the name of an upstream must come next");
            }
            return upstream;
        }

        private Target target() throws MistakeException {
            String method = method();
            return target(method, upstream());
        }

        private Target target(String method, String upstream) throws MistakeException {
            String target = word();
            if (!target.startsWith("/")) {
                throw wrong(target, "a path that begins with / must come next");
            }
            try {
                return Target.of(method, upstream, target);
            } catch (IllegalArgumentException e) {
                throw wrong(target, "the path has a % without two hexadecimal digits");
            }
        }

        private @Nullable Duration after() {
            Matcher after = AFTER.matcher(rest);
            if (!after.lookingAt()) {
                return null;
            }
            rest = rest.substring(after.end());
            long count = Long.parseLong(after.group(1));
            return switch (after.group(2)) {
                case "ms" -> Duration.ofMillis(count);
                case "s" -> Duration.ofSeconds(count);
                default -> Duration.ofMinutes(count);
            };
        }

        private Outcome outcome(String upstream) throws MistakeException {
            String word = word();
            Optional<Why> why =
                    Stream.of(Why.values()).filter(it -> it.word().equals(word)).findFirst();
            if (why.isPresent() && rest.isEmpty()) {
                return failure(why.get(), upstream);
            }
            if (why.isPresent()) {
                throw wrong(word(), "nothing may follow '" + why.get().word() + "'");
            }
            if (word.equals("after")) {
                throw wrong(word(), "a time such as 500ms, 2s or 1m must follow 'after'");
            }
            if (!word.matches("[1-5][0-9]{2}")) {
                throw wrong(
                        word,
                        "a status from 100 to 599 must come next, or one of "
                                + String.join(", ", Why.words()));
            }
            Map<String, String> headers = new LinkedHashMap<>();
            headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
            String text = text();
            String body = rest;
            if (text == null && !rest.isEmpty()) {
                json();
                headers.putIfAbsent("content-type", "application/json");
            } else {
                body = text == null ? "" : text;
            }
            return new Answer(Integer.parseInt(word), headers, LuaString.of(body));
        }

        private Map<String, String> headers() throws MistakeException {
            Map<String, String> headers = new LinkedHashMap<>();
            for (Matcher header = HEADER.matcher(rest);
                    header.lookingAt();
                    header = HEADER.matcher(rest)) {
                rest = rest.substring(header.end());
                headers.put(header.group(1), rest.startsWith("\"") ? quoted() : word());
            }
            return headers;
        }

        /** A text in quotes, which is all that is left; null: there is none. */
        private @Nullable String text() throws MistakeException {
            if (!rest.startsWith("\"")) {
                return null;
            }
            String text = quoted();
            if (!rest.isEmpty()) {
                throw wrongRest(
                        "something follows the text in quotes; a quote inside is written \\\"");
            }
            return text;
        }

        private String quoted() throws MistakeException {
            int end = 1;
            while (end < rest.length() && rest.charAt(end) != '"') {
                end += rest.charAt(end) == '\\' ? 2 : 1;
            }
            if (end >= rest.length()) {
                throw wrongRest("the text in quotes has no end");
            }
            int start = text.length() - rest.length() + 1;
            String inside = rest.substring(1, end);
            rest = rest.substring(end + 1).stripLeading();
            return unquoted(inside, start);
        }

        private static String unquoted(String inside, int start) throws MistakeException {
            StringBuilder unquoted = new StringBuilder();
            boolean isEscaped = false;
            for (int i = 0; i < inside.length(); i++) {
                char c = inside.charAt(i);
                if (!isEscaped && c == '\\') {
                    isEscaped = true;
                } else {
                    unquoted.append(isEscaped ? meant(c, start + i - 1) : c);
                    isEscaped = false;
                }
            }
            return unquoted.toString();
        }

        private static char meant(char escaped, int index) throws MistakeException {
            return switch (escaped) {
                case 'n' -> '\n';
                case 't' -> '\t';
                case '"', '\\' -> escaped;
                default ->
                        throw new MistakeException(
                                index,
                                "\\"
                                        + escaped
                                        + " in a text in quotes; allowed are \\n, \\t, \\\" and \\\\");
            };
        }

        private @Nullable Object json() throws MistakeException {
            try {
                return JsonText.read(rest);
            } catch (NotJsonException e) {
                throw wrongRest(
                        "the body is not JSON ("
                                + e.getMessage()
                                + "); put a text that is none in quotes");
            }
        }
    }
}
