package io.moondial.modules.http;

import io.moondial.script.lua.LuaString;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a script asks of an upstream, and what comes of it. */
final class Exchange {
    private Exchange() {}

    /** Who answers: the upstreams of the rules, or what a dialog test gives instead. */
    interface Upstreams {
        /** Their names, in the order of the rules. */
        Set<String> names();

        /**
         * Sends a request to one of {@link #names}. Whatever goes wrong outside is an {@link
         * Outcome}; the future fails only by a fault of the engine's. Cancelled, it ends the
         * exchange.
         */
        CompletableFuture<Outcome> call(Request request);
    }

    /**
     * A request, checked and encoded.
     *
     * @param upstream its name in the rules
     * @param method in capital letters
     * @param target what follows the URL of the upstream: an encoded path, then perhaps a query
     * @param headers those of the script, by their names as it wrote them
     * @param body null: none
     * @param timeout null: as the rules say
     * @param repeatable whether it may be sent again once it has failed
     * @param longest octets of a body that the script can take
     * @param instanceId the dialog
     */
    record Request(
            String upstream,
            String method,
            String target,
            Map<String, String> headers,
            @Nullable LuaString body,
            @Nullable Duration timeout,
            boolean repeatable,
            int longest,
            String instanceId) {

        /** For people, without its body. */
        @Override
        public String toString() {
            return method + " " + upstream + " " + target;
        }
    }

    /** How a call ended. */
    sealed interface Outcome permits Answer, Failure {
        /** A word of a closed list, for counters. */
        String word();
    }

    /**
     * The upstream has answered.
     *
     * @param headers by their names in small letters
     */
    record Answer(int status, Map<String, String> headers, LuaString body) implements Outcome {
        @Override
        public String word() {
            return status / 100 + "xx";
        }

        /** Whether the body says that it is JSON. */
        boolean isJson() {
            String type = headers.getOrDefault("content-type", "");
            String bare = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
            return bare.equals("application/json") || bare.endsWith("+json");
        }
    }

    /**
     * There is no answer.
     *
     * @param detail a sentence for the log, without a secret and without the path
     */
    record Failure(Why why, String detail) implements Outcome {
        @Override
        public String word() {
            return why.word();
        }
    }

    /** Why there is no answer. */
    enum Why {
        TIMEOUT("the exchange did not end in its time"),
        CONNECT("no connection could be opened"),
        TLS(
                "the two sides did not agree on a protected connection, or trust failed; a request that changes something was not sent"),
        CLOSED(
                "the connection ended in the middle, protected or not, or what came is not HTTP; the request may have been carried out"),
        BUSY("as many calls as max_concurrent allows are under way"),
        OPEN("the breaker is open: too many of the last calls failed"),
        TOO_LARGE("the answer has more octets than allowed"),
        AUTH("no access token could be had");

        private final String meaning;

        Why(String meaning) {
            this.meaning = meaning;
        }

        /** As scripts read it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** All words with what they mean, for the reference page. */
        static String list() {
            return Stream.of(values())
                    .map(it -> "`" + it.word() + "` (" + it.meaning + ")")
                    .collect(Collectors.joining(", "));
        }

        static List<String> words() {
            return Stream.of(values()).map(Why::word).toList();
        }
    }
}
