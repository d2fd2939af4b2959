package io.moondial.modules.http;

import io.moondial.config.Nearest;
import io.moondial.modules.http.Exchange.Request;
import io.moondial.modules.json.Json;
import io.moondial.script.api.DurationOption;
import io.moondial.script.api.HostCall;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaDecimal;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a function of {@code http} read as a request. Whatever a script fills in stays
 * where it is filled in: it leads neither to another host nor to another path.
 */
final class RequestReader {
    static final List<String> OPTIONS =
            List.of(
                    "query",
                    "headers",
                    "path",
                    "json",
                    "form",
                    "body",
                    "timeout",
                    "idempotency_key");

    private static final String UNRESERVED =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    /** What may stand in a path as it is (RFC 3986, section 3.3), but for the @. */
    private static final String IN_PATH = UNRESERVED + "!$&'()*+,;=:/";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}");
    private static final Pattern ENCODED = Pattern.compile("%[0-9A-Fa-f]{2}");
    private static final DurationOption TIMEOUT =
            new DurationOption("timeout", "10m", "\"3s\", \"500ms\", \"2m\"");
    private static final String KEY = "[\\x21-\\x7e]{1,255}";

    private final Arguments arguments;
    private final Json json;
    private final String method;
    private final boolean masked;
    private final Map<String, @Nullable Object> options = new LinkedHashMap<>();

    private RequestReader(Arguments arguments, Json json, String method, boolean masked) {
        this.arguments = arguments;
        this.json = json;
        this.method = method;
        this.masked = masked;
    }

    /**
     * The request that a script asks for.
     *
     * @throws LuaError at what is wrong with it
     */
    static Request read(
            Arguments arguments, Json json, String method, Set<String> upstreams, HostCall call) {
        return new RequestReader(arguments, json, method, false).read(upstreams, call);
    }

    /** The same as it may be written: the masks of secret answers in their places, no body. */
    static Request masked(
            Arguments arguments, Json json, String method, Set<String> upstreams, HostCall call) {
        return new RequestReader(arguments, json, method, true).read(upstreams, call);
    }

    private Request read(Set<String> upstreams, HostCall call) {
        String upstream = arguments.openText(1, "upstream");
        unknownUpstream(upstream, upstreams)
                .ifPresent(
                        it -> {
                            throw error(it);
                        });
        if (!arguments.isNil(3)) {
            readOptions(arguments.table(3));
        }
        String target = path(string(arguments.get(2))) + query();
        arguments.meter().string(target.length());
        Map<String, String> headers = new LinkedHashMap<>();
        headers(headers);
        LuaString body = masked ? null : body(headers);
        boolean hasKey = options.get("idempotency_key") != null;
        if (hasKey) {
            headers.put("Idempotency-Key", key(options.get("idempotency_key")));
        }
        return new Request(
                upstream,
                method,
                target,
                headers.isEmpty() ? Map.of() : headers, // it is kept while the call waits
                body,
                options.get("timeout") == null
                        ? null
                        : TIMEOUT.read(arguments, options.get("timeout")),
                hasKey || !(method.equals("POST") || method.equals("PATCH")),
                arguments.meter().maxStringLength(),
                call.instanceId());
    }

    /** What is wrong with a name that is no upstream's; empty: nothing. */
    static Optional<String> unknownUpstream(String name, Set<String> upstreams) {
        if (upstreams.contains(name)) {
            return Optional.empty();
        }
        String near = Nearest.suggestion(name, upstreams);
        return Optional.of(
                upstreams.isEmpty()
                        ? "there is no upstream '"
                                + name
                                + "': the rules have none; add it under http: {upstreams: ...}"
                        : "there is no upstream '"
                                + name
                                + "'"
                                + (near.isEmpty()
                                        ? "; the rules have " + String.join(", ", upstreams)
                                        : near));
    }

    private LuaError error(String what) {
        return new LuaError(arguments.function() + ": " + what);
    }

    private void readOptions(LuaTable table) {
        for (var e = table.next(null); e != null; e = table.next(e[0])) {
            String name = e[0] instanceof LuaString text ? text.toText() : "";
            if (!OPTIONS.contains(name)) {
                String near = Nearest.suggestion(name, OPTIONS);
                throw error(
                        "unknown option '"
                                + arguments.state().show(e[0])
                                + "'"
                                + (near.isEmpty()
                                        ? "; allowed are " + String.join(", ", OPTIONS)
                                        : near));
            }
            options.put(name, e[1]);
        }
    }

    // ---- values

    /** A value as octets, or its mask. */
    private LuaString string(@Nullable Object value) {
        if (value instanceof LuaString text) {
            return masked ? arguments.state().written(text) : text;
        }
        LuaString text = plain(value);
        if (text == null) {
            throw new IllegalArgumentException("not checked before");
        }
        return text;
    }

    private static @Nullable LuaString plain(@Nullable Object value) {
        return switch (value) {
            case LuaString text -> text;
            case Double number when Double.isFinite(number) ->
                    LuaString.of(Numbers.allDigits(number));
            case LuaDecimal decimal -> decimal.text();
            case Boolean flag -> LuaString.of(flag.toString());
            case null, default -> null;
        };
    }

    /**
     * A value of a table of the options.
     *
     * @param where it is, for the message
     */
    private LuaString single(@Nullable Object value, String where) {
        if (plain(value) == null) {
            throw error(
                    where
                            + ": a string, a finite number, a decimal or a boolean expected, got "
                            + (value instanceof Double d
                                    ? Numbers.toText(d)
                                    : Lua.typeName(value)));
        }
        return string(value);
    }

    private @Nullable LuaTable tableOf(String option) {
        Object value = options.get(option);
        if (value == null) {
            return null;
        }
        if (value instanceof LuaTable table) {
            return table;
        }
        throw error("option " + option + ": a table expected, got " + Lua.typeName(value));
    }

    private String nameIn(String option, @Nullable Object key) {
        if (key instanceof LuaString name && name.length() > 0) {
            return string(name).toText();
        }
        throw error(
                "option "
                        + option
                        + ": values by names expected, got the key "
                        + arguments.state().show(key));
    }

    private void encode(StringBuilder out, LuaString text, boolean isForm, String where) {
        arguments.meter().work(text.length() >> 3);
        for (byte octet : text.toOctets()) {
            char c = (char) (octet & 0xff);
            if (UNRESERVED.indexOf(c) >= 0 || (masked && c == '*')) {
                out.append(c);
            } else if (c == ' ' && isForm) {
                out.append('+');
            } else if (c == 0 && !isForm) {
                throw error(where + ": a text with a NUL cannot be part of an address");
            } else {
                out.append('%');
                out.append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
                out.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
    }

    // ---- the path

    private String path(LuaString written) {
        String template = new String(written.toOctets(), StandardCharsets.ISO_8859_1);
        templateFault(template)
                .ifPresent(
                        it -> {
                            throw error(it);
                        });
        Set<String> unused = namesIn(tableOf("path"));
        StringBuilder filled = new StringBuilder();
        Matcher placeholder = PLACEHOLDER.matcher(template);
        int at = 0;
        while (placeholder.find()) {
            filled.append(template, at, placeholder.start());
            fill(filled, placeholder.group(1));
            unused.remove(placeholder.group(1));
            at = placeholder.end();
        }
        filled.append(template, at, template.length());
        if (!unused.isEmpty()) {
            String extra = unused.iterator().next();
            throw error(
                    "option path: the path has no {"
                            + extra
                            + "}; write it into the path, or remove the value");
        }
        refuseDotSegments(filled.toString())
                .ifPresent(
                        it -> {
                            throw error(it);
                        });
        return filled.toString();
    }

    private Set<String> namesIn(@Nullable LuaTable table) {
        Set<String> names = new TreeSet<>();
        if (table != null) {
            for (var e = table.next(null); e != null; e = table.next(e[0])) {
                names.add(nameIn("path", e[0]));
            }
        }
        return names;
    }

    private void fill(StringBuilder filled, String name) {
        LuaTable values = tableOf("path");
        @Nullable Object value = values == null ? null : values.get(LuaString.of(name));
        if (value == null) {
            throw error(
                    "the path needs a value for {"
                            + name
                            + "}; give it with the option path = {"
                            + name
                            + " = ...}");
        }
        LuaString text = single(value, "option path: " + name);
        if (text.length() == 0) {
            throw error("option path: " + name + " is empty, and a part of a path must not be");
        }
        encode(filled, text, false, "option path: " + name);
    }

    /** What is wrong with a path as a script writes it; empty: nothing. */
    static Optional<String> templateFault(String template) {
        if (!template.startsWith("/")) {
            return Optional.of(
                    "the path must begin with /; the host is that of the upstream, and a call reaches no other");
        }
        if (template.contains("//")) {
            return Optional.of("the path has //; a call reaches no other host than the upstream's");
        }
        Matcher placeholder = PLACEHOLDER.matcher(template);
        Matcher encoded = ENCODED.matcher(template);
        for (int i = 0; i < template.length(); i++) {
            char c = template.charAt(i);
            if (c == '{' && placeholder.region(i, template.length()).lookingAt()) {
                i = placeholder.end() - 1;
            } else if (c == '%' && encoded.region(i, template.length()).lookingAt()) {
                i = encoded.end() - 1;
            } else if (IN_PATH.indexOf(c) < 0) {
                return Optional.of(
                        "the path has "
                                + shown(c)
                                + " at "
                                + (i + 1)
                                + "; "
                                + (c == '?'
                                        ? "give the query with the option query"
                                        : "write {name} there, and the value into the option path"));
            }
        }
        return refuseDotSegments(template);
    }

    private static String shown(char c) {
        return c > ' ' && c < 0x7f
                ? "'" + c + "'"
                : c == ' ' ? "a blank" : String.format(Locale.ROOT, "the octet 0x%02x", (int) c);
    }

    private static Optional<String> refuseDotSegments(String path) {
        for (String segment : path.split("/", -1)) {
            String plain = segment.replace("%2e", ".").replace("%2E", ".");
            if (plain.equals(".") || plain.equals("..")) {
                return Optional.of(
                        "the path has the part '" + plain + "', which would lead to another path");
            }
        }
        return Optional.empty();
    }

    // ---- what follows it

    private String query() {
        LuaTable table = tableOf("query");
        if (table == null) {
            return "";
        }
        String pairs = pairs("query", table, false);
        return pairs.isEmpty() ? "" : "?" + pairs;
    }

    /** Names and values in the order of the table; a list gives its name several times. */
    private String pairs(String option, LuaTable table, boolean isForm) {
        StringBuilder out = new StringBuilder();
        for (var e = table.next(null); e != null; e = table.next(e[0])) {
            String name = nameIn(option, e[0]);
            if (e[1] instanceof LuaTable list) {
                for (int i = 1; i <= list.length(); i++) {
                    pair(out, option, name, list.get(i), isForm);
                }
            } else {
                pair(out, option, name, e[1], isForm);
            }
        }
        return out.toString();
    }

    private void pair(
            StringBuilder out, String option, String name, @Nullable Object value, boolean isForm) {
        String where = "option " + option + ": " + name;
        if (!out.isEmpty()) {
            out.append('&');
        }
        encode(out, LuaString.of(name), isForm, where);
        out.append('=');
        encode(out, single(value, where), isForm, where);
    }

    private void headers(Map<String, String> headers) {
        LuaTable table = tableOf("headers");
        if (table == null) {
            return;
        }
        for (var e = table.next(null); e != null; e = table.next(e[0])) {
            String name = nameIn("headers", e[0]);
            if (!Headers.isName(name)) {
                throw error("option headers: '" + name + "'; allowed is " + Headers.NAME_IN_WORDS);
            }
            String value = single(e[1], "option headers: " + name).toText();
            Headers.reserved(name)
                    .or(() -> Headers.valueFault(name, value))
                    .ifPresent(
                            it -> {
                                throw error("option headers: " + it);
                            });
            headers.put(name, value);
        }
    }

    private @Nullable LuaString body(Map<String, String> headers) {
        List<String> given =
                List.of("json", "form", "body").stream()
                        .filter(it -> options.get(it) != null)
                        .toList();
        if (given.isEmpty()) {
            return null;
        }
        if (given.size() > 1) {
            throw error("the options " + String.join(" and ", given) + ": one of them at most");
        }
        String kind = given.getFirst();
        if (method.equals("GET")) {
            throw error("option " + kind + ": a GET has no body; use http.post, or query");
        }
        LuaString body =
                switch (kind) {
                    case "json" ->
                            LuaString.of(
                                    json.encode(
                                            arguments.state(),
                                            options.get(kind),
                                            arguments.function()));
                    case "form" -> LuaString.of(pairs("form", formTable(), true));
                    default -> single(options.get(kind), "option body");
                };
        arguments.meter().string(body.length());
        if (headers.keySet().stream().noneMatch("content-type"::equalsIgnoreCase)) {
            headers.put(
                    "Content-Type",
                    switch (kind) {
                        case "json" -> "application/json";
                        case "form" -> "application/x-www-form-urlencoded";
                        default -> "application/octet-stream";
                    });
        }
        return body;
    }

    private LuaTable formTable() {
        LuaTable table = tableOf("form");
        if (table == null) {
            throw new IllegalStateException("it was given");
        }
        return table;
    }

    private String key(@Nullable Object value) {
        if (value instanceof LuaString text && text.toText().matches(KEY)) {
            return string(text).toText();
        }
        throw error(
                "option idempotency_key: a text of 1 to 255 visible characters of ASCII expected");
    }
}
