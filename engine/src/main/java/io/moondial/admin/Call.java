package io.moondial.admin;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One call of the interface: who calls, and with what. Everything in it is untrusted. */
public final class Call {
    /** As many as an address of MAP has (3GPP TS 29.002, 17.7.8: 20 octets, one for its kind). */
    private static final int MAX_DIGITS = 38;

    private static final Pattern DIGITS = Pattern.compile("[0-9*#abc]{1," + MAX_DIGITS + "}");

    private final JsonMapper json;
    private final Caller caller;
    private final Map<String, String> path;
    private final Map<String, List<String>> query;
    private final byte[] body;
    private final BooleanSupplier mayGoOn;
    private final Headers headers;
    private final Visit visit;

    Call(
            JsonMapper json,
            Caller caller,
            Map<String, String> path,
            Map<String, List<String>> query,
            byte[] body) {
        this(json, caller, path, query, body, () -> true, _ -> List.of(), Visit.LOCAL);
    }

    /**
     * A call.
     *
     * @param mayGoOn whether an answer that takes long may go on
     * @param headers what the caller has sent beside the body
     */
    Call(
            JsonMapper json,
            Caller caller,
            Map<String, String> path,
            Map<String, List<String>> query,
            byte[] body,
            BooleanSupplier mayGoOn,
            Headers headers,
            Visit visit) {
        this.visit = visit;
        this.headers = headers;
        this.mayGoOn = mayGoOn;
        this.json = json;
        this.caller = caller;
        this.path = path;
        this.query = query;
        this.body = body;
    }

    /** The headers of a call. */
    @FunctionalInterface
    interface Headers {
        /** The values of those of this name, in their order; whatever the case of its letters. */
        List<String> values(String name);
    }

    /**
     * How a caller came.
     *
     * @param address what logins are counted by; empty: the unix socket
     * @param from the same for people
     * @param session the id of his session; null: he has none
     * @param protectedByTls whether answers reach him through TLS
     */
    record Visit(String address, String from, @Nullable String session, boolean protectedByTls) {
        static final Visit LOCAL = new Visit("", "the socket", null, false);
    }

    Visit visit() {
        return visit;
    }

    public Caller caller() {
        return caller;
    }

    /**
     * Whether an answer that takes long may go on: neither does the engine stop, nor has the caller
     * lost the right to it.
     */
    public boolean mayGoOn() {
        return mayGoOn.getAsBoolean();
    }

    /** The media types that the caller takes, as its header Accept says; null: it says nothing. */
    public @Nullable String accept() {
        List<String> values = headers.values("Accept");
        return values.isEmpty() ? null : values.getFirst();
    }

    /**
     * A header; null: not given.
     *
     * @throws Refusal if it is given twice
     */
    @Nullable String header(String name) throws Refusal {
        List<String> values = headers.values(name);
        if (values.size() > 1) {
            throw Refusal.badRequest("the header '%s' is given twice".formatted(name));
        }
        return values.isEmpty() ? null : values.getFirst();
    }

    /** To make answers with. */
    public JsonMapper json() {
        return json;
    }

    /** The value of a part in braces of the route's template. */
    public String path(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no {" + name + "}");
        }
        return value;
    }

    /**
     * Holds the query to these parameters, each given at most once.
     *
     * @throws Refusal if there is another, or one comes twice
     */
    public void allow(String... parameters) throws Refusal {
        for (Map.Entry<String, List<String>> given : query.entrySet()) {
            if (!Set.of(parameters).contains(given.getKey())) {
                throw Refusal.badRequest(
                        "there is no parameter '%s'; there %s"
                                .formatted(
                                        given.getKey(),
                                        parameters.length == 0
                                                ? "are none"
                                                : "are " + String.join(", ", parameters)));
            }
            if (given.getValue().size() > 1) {
                throw Refusal.badRequest(
                        "the parameter '%s' is given twice".formatted(given.getKey()));
            }
        }
    }

    /** A parameter of the query; null: not given. */
    public @Nullable String query(String name) {
        List<String> values = query.get(name);
        return values == null ? null : values.getFirst();
    }

    /**
     * A whole number among the parameters.
     *
     * @throws Refusal if it is none from {@code least} to {@code most}
     */
    public int query(String name, int unset, int least, int most) throws Refusal {
        String text = query(name);
        if (text == null) {
            return unset;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below, with what is allowed
        }
        throw Refusal.badRequest(
                "%s is '%s'; allowed is a whole number from %d to %d"
                        .formatted(name, text, least, most));
    }

    /**
     * The digits of a number or a title among the parameters; null: not given.
     *
     * @throws Refusal if it is something else
     */
    @Nullable String digits(String name) throws Refusal {
        return digits(name, query(name));
    }

    /**
     * The subscriber's number that is asked for; null: not given.
     *
     * @throws Refusal 403 to a viewer, who would find out by asking what he may not see; 400 if it
     *     is no number
     */
    @Nullable String number(String name) throws Refusal {
        if (query(name) != null && !caller.role().mayDo(Role.OPERATOR)) {
            throw Refusal.of(
                    403, "a viewer cannot ask for a number: %s needs an operator".formatted(name));
        }
        return digits(name);
    }

    private static @Nullable String digits(String name, @Nullable String given) throws Refusal {
        if (given == null || DIGITS.matcher(given).matches()) {
            return given;
        }
        throw Refusal.badRequest(
                "%s is '%s'; allowed are 1 to %d digits%s"
                        .formatted(
                                name,
                                given,
                                MAX_DIGITS,
                                // what a query has instead of +
                                given.startsWith("+") || given.startsWith(" ")
                                        ? ", country code first, without +"
                                        : ""));
    }

    /**
     * The body, a JSON object with no other keys than these.
     *
     * @throws Refusal if it is none, or has another
     */
    Fields fields(String... names) throws Refusal {
        JsonNode body = body();
        for (String name : body.propertyNames()) {
            if (!Set.of(names).contains(name)) {
                throw Refusal.badRequest(
                        "there is no '%s'; there are %s".formatted(name, String.join(", ", names)));
            }
        }
        return new Fields(body);
    }

    /** What a body has. A key with null is one that is not given. */
    static final class Fields {
        private final JsonNode body;

        private Fields(JsonNode body) {
            this.body = body;
        }

        boolean has(String name) {
            return body.hasNonNull(name);
        }

        /**
         * A text; null: not given.
         *
         * @throws Refusal if it is something else
         */
        @Nullable String text(String name) throws Refusal {
            if (!has(name)) {
                return null;
            }
            JsonNode value = body.path(name);
            if (!value.isString()) {
                throw Refusal.badRequest(name + " must be a string");
            }
            return value.asString();
        }

        /**
         * The digits of a number or a title; null: not given.
         *
         * @throws Refusal if it is something else
         */
        @Nullable String digits(String name) throws Refusal {
            return Call.digits(name, text(name));
        }

        /**
         * A whole number.
         *
         * @throws Refusal if it is none from {@code least} to {@code most}
         */
        int number(String name, int unset, int least, int most) throws Refusal {
            if (!has(name)) {
                return unset;
            }
            JsonNode value = body.path(name);
            if (value.isInt() && value.asInt() >= least && value.asInt() <= most) {
                return value.asInt();
            }
            throw Refusal.badRequest(
                    "%s is %s; allowed is a whole number from %d to %d"
                            .formatted(name, value, least, most));
        }
    }

    /**
     * The body, a JSON object.
     *
     * @throws Refusal if it is none
     */
    JsonNode body() throws Refusal {
        return JsonBody.object(json, body);
    }
}
