package io.moondial.modules.ussd;

import io.moondial.dialog.FarDialog.Outcome;
import io.moondial.dialog.FarDialog.Why;
import io.moondial.modules.json.JsonText;
import io.moondial.modules.json.JsonText.NotJsonException;
import io.moondial.script.api.Backend.Line;
import io.moondial.script.api.Backend.Mistake;
import io.moondial.script.api.DurationOption;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How a dialog test says a turn of a dialog with another node: {@code given ussd SENT SAYS}, and
 * {@code ussd SENT}.
 */
final class NodeLine {
    private static final String TEXT = "\"(?:[^\"\\\\]|\\\\.)*\"";
    private static final Pattern SENT =
            Pattern.compile("(" + TEXT + "|acknowledgement|error [0-9]{1,3})(?:\\s+(.*))?");
    private static final Pattern SAYS =
            Pattern.compile(
                    "(?:after ([0-9]{1,9}(?:ms|s|m|h)) )?(?:(menu|notify|final) ("
                            + TEXT
                            + ")|error ([0-9]{1,3})|(timeout|abort|refused|unreachable|closed|protocol|undecodable|busy))");
    private static final String SENT_ALLOWED =
            "what the script sends, \"TEXT\", acknowledgement or error CODE";
    private static final String SAYS_ALLOWED =
            "what the node says then: menu \"TEXT\", notify \"TEXT\", final \"TEXT\", error CODE, abort, closed, refused, unreachable, timeout, protocol, undecodable or busy; perhaps with after 2s before it";

    private NodeLine() {}

    /**
     * What a script sends.
     *
     * @param text what it asks for or answers; otherwise acknowledgement, or error and a code
     */
    record Sent(boolean isText, String text) {
        /** A text. */
        static Sent text(@Nullable String text) {
            return new Sent(true, text == null ? "" : text);
        }

        static Sent acknowledgement() {
            return new Sent(false, "acknowledgement");
        }

        static Sent error(int code) {
            return new Sent(false, "error " + code);
        }

        /** Whether it stands for another one. An asterisk stands for any character. */
        boolean matches(Sent other) {
            return isText == other.isText
                    && text.length() == other.text.length()
                    && IntStream.range(0, text.length())
                            .allMatch(
                                    it ->
                                            (isText && text.charAt(it) == '*')
                                                    || text.charAt(it) == other.text.charAt(it));
        }

        @Override
        public String toString() {
            return isText ? quoted(text) : text;
        }
    }

    /**
     * What a node says.
     *
     * @param kind menu, notify, final, error, or a word of {@link Why}
     * @param text of a screen or of the end; null: it has none
     */
    record Says(@Nullable Duration after, String kind, @Nullable String text, int code) {}

    /** A line {@code given ussd}. */
    record Given(String line, Sent sent, Says says) {}

    /** What is wrong with a line; empty: nothing. */
    static Optional<Mistake> objection(Line line, String text) {
        try {
            if (line == Line.GIVEN) {
                given(text);
            } else {
                expected(text);
            }
            return Optional.empty();
        } catch (MistakeException e) {
            return Optional.of(new Mistake(e.index, String.valueOf(e.getMessage())));
        }
    }

    static Given given(String line) throws MistakeException {
        Matcher matcher = SENT.matcher(line);
        if (!matcher.matches()) {
            throw new MistakeException(0, SENT_ALLOWED + ", and then " + SAYS_ALLOWED);
        }
        String rest = matcher.group(2) == null ? "" : matcher.group(2);
        int at = matcher.group(2) == null ? line.length() : matcher.start(2);
        Matcher says = SAYS.matcher(rest.strip());
        if (!says.matches()) {
            throw new MistakeException(at, SAYS_ALLOWED);
        }
        String kind =
                says.group(2) != null
                        ? says.group(2)
                        : says.group(5) != null ? says.group(5) : "error";
        return new Given(
                line,
                sent(matcher.group(1)),
                new Says(
                        says.group(1) == null ? null : DurationOption.ofText(says.group(1)),
                        kind,
                        says.group(3) == null ? null : unquoted(says.group(3), at),
                        says.group(4) == null ? 0 : Integer.parseInt(says.group(4))));
    }

    static Sent expected(String text) throws MistakeException {
        Matcher matcher = SENT.matcher(text.strip());
        if (!matcher.matches() || matcher.group(2) != null) {
            throw new MistakeException(0, SENT_ALLOWED);
        }
        return sent(matcher.group(1));
    }

    private static Sent sent(String written) throws MistakeException {
        return written.startsWith("\"")
                ? Sent.text(unquoted(written, 0))
                : new Sent(false, written);
    }

    private static String unquoted(String written, int at) throws MistakeException {
        try {
            return String.valueOf(JsonText.read(written));
        } catch (NotJsonException e) {
            throw new MistakeException(at, "in the text: " + e.getMessage());
        }
    }

    /** What would answer the same; null: nothing, as the node has not answered. */
    static @Nullable String given(Sent sent, Outcome outcome) {
        if (outcome instanceof Outcome.Broken(Why why, String detail) && why == Why.ABANDON) {
            return null;
        }
        return sent
                + " "
                + switch (outcome) {
                    case Outcome.Shown shown -> shown.word() + " " + quoted(shown.text());
                    case Outcome.Finished finished ->
                            finished.word() + " " + quoted(finished.text());
                    case Outcome.Errored(int code) -> "error " + code;
                    case Outcome.Broken broken -> broken.why().word();
                };
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                default -> {
                    if (c < ' ') {
                        quoted.append("\\u%04x".formatted((int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }

    /** A line is not as it should be. */
    static final class MistakeException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int index;

        MistakeException(int index, String message) {
            super(message, null, false, false);
            this.index = index;
        }
    }
}
