package io.moondial.modules.http;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a header of a request may be (RFC 9110, section 5). */
final class Headers {
    static final String NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}";
    static final String NAME_IN_WORDS =
            "the name of a header: letters, digits and !#$%&'*+-.^_`|~, such as X-Channel";

    private static final Pattern WHOLE_NAME = Pattern.compile(NAME);

    /** Those that frame the message, or belong to the connection, not to the request. */
    private static final Set<String> RESERVED =
            Set.of(
                    "connection",
                    "content-length",
                    "expect",
                    "host",
                    "http2-settings",
                    "keep-alive",
                    "proxy-authorization",
                    "proxy-connection",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade");

    private Headers() {}

    static boolean isName(String name) {
        return WHOLE_NAME.matcher(name).matches();
    }

    /** Why a header may not be set; empty: it may. */
    static Optional<String> reserved(String name) {
        return RESERVED.contains(name.toLowerCase(Locale.ROOT))
                ? Optional.of(
                        name + " belongs to the connection, and the engine sets it; remove it")
                : Optional.empty();
    }

    /** What is wrong with a value, which is not repeated; empty: nothing. */
    static Optional<String> valueFault(String name, String value) {
        boolean good =
                value.chars().allMatch(it -> (it >= ' ' && it < 0x7f) || it == '\t')
                        && value.equals(value.strip());
        return good
                ? Optional.empty()
                : Optional.of(
                        "the value of "
                                + name
                                + " has a line break, another control character, a character outside ASCII, or a blank at its begin or end");
    }
}
