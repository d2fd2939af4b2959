package io.moondial.modules.menu;

import io.moondial.config.Nearest;
import io.moondial.script.api.DurationOption;
import io.moondial.script.api.OptionKind;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The options of {@code menu.flow}. */
final class FlowOptions {
    static final String DESCRIPTION =
            "back and home: the keys, such as \"0\" and \"00\"; back_text and home_text: what the screen says of them, \"Back\" and \"Home\" if left out;"
                    + " resume: how long a dialog that was lost can be gone on with, such as \"2m\"; resumed_text: what is said then above the screen, if it fits;"
                    + " direct: true, or the code: what is dialled behind the code answers the first questions;"
                    + " finally: a function that is called if the flow is left at a question, with \"timeout\", \"abandon\", \"error\" and its code, \"tries\", \"taken\" or \"unavailable\"; a text that it returns is the last screen, if the dialog is still there;"
                    + " timeout_text and tries_text: the last screen after a timeout or an error, and after too many tries";

    private static final Pattern KEY = Pattern.compile("[0-9*#]{1,10}");
    private static final String KEY_ALLOWED = "a text of 1 to 10 of the keys 0 to 9, * and #";
    private static final DurationOption RESUME =
            new DurationOption("resume", "24h", "\"90s\", \"2m\"");

    private static final OptionKind TEXT = OptionKind.matching(Pattern.compile("(?s).+"), "a text");

    /** The options, and what each may be. */
    static final SortedMap<String, OptionKind> KINDS =
            new TreeMap<>(
                    Map.of(
                            "back",
                            OptionKind.matching(KEY, KEY_ALLOWED),
                            "back_text",
                            TEXT,
                            "direct",
                            OptionKind.ANY,
                            "finally",
                            OptionKind.FUNCTION,
                            "home",
                            OptionKind.matching(KEY, KEY_ALLOWED),
                            "home_text",
                            TEXT,
                            "resume",
                            RESUME.kind(),
                            "resumed_text",
                            TEXT,
                            "timeout_text",
                            TEXT,
                            "tries_text",
                            TEXT));

    @Nullable String back;
    @Nullable String home;
    @Nullable LuaString backText;
    @Nullable LuaString homeText;
    @Nullable Duration resume;
    @Nullable LuaString resumedText;
    boolean direct;
    @Nullable String code;
    @Nullable LuaFunction finish;
    @Nullable LuaString timeoutText;
    @Nullable LuaString triesText;

    private FlowOptions() {}

    /** Whether the function may have to run again. */
    boolean runsAgain() {
        return back != null || home != null || resume != null;
    }

    static FlowOptions read(Arguments a, int position) {
        FlowOptions options = new FlowOptions();
        if (!a.isNil(position)) {
            LuaTable table = a.table(position);
            for (var e = table.next(null); e != null; e = table.next(e[0])) {
                options.read(a, e[0] instanceof LuaString s ? s.toText() : "", e[0], e[1]);
            }
        }
        if (options.back != null && options.back.equals(options.home)) {
            throw new LuaError(
                    "menu.flow: options back and home: two keys; got \""
                            + options.back
                            + "\" twice");
        }
        return options;
    }

    private void read(Arguments a, String name, @Nullable Object written, @Nullable Object value) {
        switch (name) {
            case "back" -> back = key(a, name, value);
            case "home" -> home = key(a, name, value);
            case "back_text" -> backText = text(a, name, value);
            case "home_text" -> homeText = text(a, name, value);
            case "resume" -> resume = RESUME.read(a, value);
            case "resumed_text" -> resumedText = text(a, name, value);
            case "timeout_text" -> timeoutText = text(a, name, value);
            case "tries_text" -> triesText = text(a, name, value);
            case "direct" -> direct(a, value);
            case "finally" -> {
                if (!(value instanceof LuaFunction function)) {
                    throw wrong(a, name, "a function", value);
                }
                finish = function;
            }
            default ->
                    throw new LuaError(
                            "menu.flow: unknown option '"
                                    + a.state().show(written)
                                    + "'"
                                    + Nearest.suggestion(name, KINDS.keySet())
                                    + "; allowed are "
                                    + String.join(", ", KINDS.keySet()));
        }
    }

    private void direct(Arguments a, @Nullable Object value) {
        switch (value) {
            case Boolean b -> direct = b;
            case LuaString s when s.length() > 0 -> {
                direct = true;
                code = s.toText();
            }
            case null, default ->
                    throw wrong(a, "direct", "true, false, or the code, such as \"*150\"", value);
        }
    }

    private static String key(Arguments a, String name, @Nullable Object value) {
        if (value instanceof LuaString s && KEY.matcher(s.toText()).matches()) {
            return s.toText();
        }
        throw wrong(a, name, KEY_ALLOWED, value);
    }

    private static LuaString text(Arguments a, String name, @Nullable Object value) {
        if (value instanceof LuaString s && s.length() > 0) {
            return s;
        }
        throw wrong(a, name, "a text", value);
    }

    private static LuaError wrong(
            Arguments a, String option, String allowed, @Nullable Object value) {
        String shown = a.state().show(value);
        return new LuaError(
                "menu.flow: option "
                        + option
                        + ": "
                        + allowed
                        + "; got "
                        + (value instanceof LuaString ? "the text \"" + shown + "\"" : shown));
    }
}
