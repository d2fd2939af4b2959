package io.moondial.script.api;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaString;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An option of a function that is a duration: a number of seconds, or a text with a unit, such as
 * {@code "500ms"}, {@code "30s"}, {@code "2m"}, {@code "1h"} or {@code "90d"}.
 */
public final class DurationOption {
    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private final String name;
    private final Duration longest;
    private final String allowed;

    /**
     * An option.
     *
     * @param name as scripts write it
     * @param longest the longest duration that is allowed, with its unit
     * @param examples for the message of an error, in quotes
     */
    public DurationOption(String name, String longest, String examples) {
        this.name = name;
        this.longest = ofText(longest);
        this.allowed =
                "more than 0 and at most "
                        + longest
                        + ": seconds as a number, or a text with a unit like "
                        + examples;
    }

    /**
     * The duration that a script gives.
     *
     * @throws LuaError if it is none, or not in the range
     */
    public Duration read(Arguments a, @Nullable Object value) {
        Duration duration =
                switch (value) {
                    case Double seconds when seconds > 0 && seconds <= longest.toSeconds() ->
                            Duration.ofMillis(Math.max(1, Math.round(seconds * 1000)));
                    case LuaString text -> ofText(text.toText());
                    case null, default -> Duration.ZERO;
                };
        if (!duration.isPositive() || duration.compareTo(longest) > 0) {
            String shown = a.state().show(value);
            throw new LuaError(
                    a.function()
                            + ": option "
                            + name
                            + ": "
                            + allowed
                            + "; got "
                            + (value instanceof LuaString ? "the text \"" + shown + "\"" : shown));
        }
        return duration;
    }

    /** The same where a script is checked. */
    public OptionKind kind() {
        return new OptionKind(
                allowed,
                it ->
                        switch (it.shape()) {
                            case NUMBER -> it.number() > 0 && it.number() <= longest.toSeconds();
                            case TEXT -> {
                                Duration duration = ofText(it.text());
                                yield duration.isPositive() && duration.compareTo(longest) <= 0;
                            }
                            case BOOLEAN, FUNCTION, TABLE -> false;
                        });
    }

    /** What a text with a unit means; zero: it is none. */
    public static Duration ofText(String text) {
        Matcher matcher = WRITTEN.matcher(text);
        if (!matcher.matches()) {
            return Duration.ZERO;
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }
}
