package io.moondial.modules.http;

import io.moondial.config.Checked;
import io.moondial.config.Key;
import io.moondial.config.Notation;
import io.moondial.config.PemFile;
import io.moondial.config.Secret;
import io.moondial.config.Section;
import io.moondial.config.Settings;
import io.moondial.config.SettingsWriter;
import io.moondial.config.Structure;
import io.moondial.config.ValueType;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The section {@code http} of the rules file. */
@Settings("The HTTP services that scripts call with the module http. A script reaches no other.")
record HttpSettings(
        @Key(
                        value = "Each service by the name that scripts call it by.",
                        matches = UPSTREAM_NAME,
                        allowed =
                                "a name such as billing: a letter, then up to 39 of letters, digits, _ and -",
                        example = "billing")
                Map<String, UpstreamSettings> upstreams) {
    static final String UPSTREAM_NAME = "[A-Za-z][A-Za-z0-9_-]{0,39}";

    /** One service. */
    @Settings("One service.")
    record UpstreamSettings(
            @Key(
                            value =
                                    "Where it is: http or https, a host, perhaps a port and the first part of all paths.",
                            example = "https://billing.example:8443/v1")
                    String url,
            @Key(
                            value =
                                    "The longest time of a whole call: connecting, a token, further attempts, and the last octet of the answer.",
                            unset = "3s",
                            from = "1ms",
                            to = "10m")
                    Duration timeout,
            @Key(
                            value =
                                    "The longest time for finding the address of the host, and again for opening a connection.",
                            unset = "1s",
                            from = "1ms",
                            to = "1m")
                    Duration connectTimeout,
            @Key(
                            value =
                                    "Calls under way at once; beyond that a call returns at once with busy.",
                            unset = "200",
                            from = "1",
                            to = "100000")
                    int maxConcurrent,
            @Key(
                            value =
                                    "The largest body of an answer, and as much again for its headers; more returns too_large.",
                            unset = "256KiB",
                            from = "1KiB",
                            to = "16MiB")
                    int maxResponse,
            @Key(
                            value =
                                    "Headers that each request has; a script can say others instead.",
                            structure = HeaderValues.class,
                            unsetIs = "none",
                            example = "{X-Channel: ussd}")
                    Map<String, String> headers,
            @Key("How the engine says who it is: one of the four.") @Nullable AuthSettings auth,
            @Key(
                            "Whom to trust with https, and what to show. Without it, the authorities that the JDK trusts.")
                    @Nullable TlsSettings tls,
            @Key("When a call that failed is sent again.") RetrySettings retry,
            @Key("When calls are kept away from a service that fails.") BreakerSettings breaker,
            @Key(value = "Whether HTTP/2 is used if the service speaks it.", unset = "false")
                    boolean http2)
            implements Checked {

        /** The URL without a slash at its end. */
        URI base() {
            String text = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
            return URI.create(text);
        }

        boolean isProtected() {
            return url.toLowerCase(Locale.ROOT).startsWith("https:");
        }

        @Override
        public void check(Section section) {
            if (section.hasAllowed("url")) {
                fault(url).ifPresent(it -> section.refuse("url", it));
            }
            if (tls != null && section.hasAllowed("url") && !isProtected()) {
                section.refuse(
                        "tls",
                        "the url does not begin with https:, so nothing is protected; write https, or remove tls");
            }
            if (connectTimeout.compareTo(timeout) > 0 && section.has("connect_timeout")) {
                section.refuse(
                        "connect_timeout",
                        "longer than timeout, which includes it; allowed is at most timeout");
            }
            if (auth != null && section.hasAllowed("url") && !isProtected() && !isLoopback(url)) {
                section.warn("auth", "over http everybody on the way reads the secret; use https");
            }
            if (auth != null) {
                String own = auth.headerName();
                headers.keySet().stream()
                        .filter(it -> it.equalsIgnoreCase(own))
                        .forEach(
                                it ->
                                        section.refuse(
                                                "headers",
                                                it + " is the header of auth; remove one of them"));
            }
        }
    }

    /** Says who the engine is. */
    @Settings("How the engine says who it is.")
    record AuthSettings(
            @Key("A user and a password (RFC 7617).") @Nullable BasicSettings basic,
            @Key("A token that stays (RFC 6750).") @Nullable Secret bearer,
            @Key("A secret in a header of its own.") @Nullable HeaderSettings header,
            @Key("Tokens that a token endpoint gives (RFC 6749, section 4.4).")
                    @Nullable OauthSettings oauth2ClientCredentials)
            implements Checked {

        /** The header that says it. */
        String headerName() {
            return header == null ? "Authorization" : header.name();
        }

        @Override
        public void check(Section section) {
            List<String> given =
                    Stream.of("basic", "bearer", "header", "oauth2_client_credentials")
                            .filter(section::has)
                            .toList();
            if (given.size() != 1) {
                section.refuse(
                        (given.isEmpty() ? "auth says nothing" : String.join(" and ", given))
                                + "; allowed is one of basic, bearer, header, oauth2_client_credentials");
            }
        }
    }

    /** A user and a password. */
    @Settings("A user and a password (RFC 7617).")
    record BasicSettings(
            @Key(
                            value = "The name.",
                            matches = "[^:\\p{Cntrl}]{1,255}",
                            allowed = "a name without a colon",
                            example = "ussd")
                    String user,
            @Key("The password.") Secret password) {}

    /** A secret in a header. */
    @Settings("A secret in a header of its own.")
    record HeaderSettings(
            @Key(
                            value = "The header.",
                            matches = Headers.NAME,
                            allowed = Headers.NAME_IN_WORDS,
                            example = "X-Api-Key")
                    String name,
            @Key("Its value.") Secret value)
            implements Checked {
        @Override
        public void check(Section section) {
            Headers.reserved(name).ifPresent(it -> section.refuse("name", it));
        }
    }

    /** A token endpoint. */
    @Settings("Tokens that a token endpoint gives (RFC 6749, section 4.4).")
    record OauthSettings(
            @Key(
                            value = "The token endpoint: http or https.",
                            example = "https://login.example/token")
                    String tokenUrl,
            @Key(value = "The name of this client.", example = "ussd") String clientId,
            @Key("Its password.") Secret clientSecret,
            @Key(
                            value = "What the token is for, words with blanks between them.",
                            example = "balance topup")
                    @Nullable String scope,
            @Key(
                            value = "Whom the token is for, where the endpoint asks for it.",
                            example = "billing")
                    @Nullable String audience,
            @Key(
                            value =
                                    "How name and password are sent: in a header (RFC 7617), or among the fields of the body.",
                            unset = "header")
                    CredentialsIn credentials)
            implements Checked {
        @Override
        public void check(Section section) {
            if (section.hasAllowed("token_url")) {
                fault(tokenUrl).ifPresent(it -> section.refuse("token_url", it));
            }
        }
    }

    /** Where name and password are, see RFC 6749 section 2.3.1. */
    enum CredentialsIn {
        HEADER,
        BODY
    }

    /** Whom to trust, and what to show. */
    @Settings("Whom to trust with https, and what to show.")
    record TlsSettings(
            @Key(
                            value =
                                    "The authorities to trust, and no others; without it, those of the JDK.",
                            structure = PemFile.Written.class,
                            example = "pki/ca.pem")
                    @Nullable PemFile ca,
            @Key(
                            value =
                                    "The certificate to show, and those that lead from it to an authority.",
                            structure = PemFile.Written.class,
                            example = "pki/ussd.pem")
                    @Nullable PemFile certificate,
            @Key(
                            value = "The key of the certificate: PKCS#8, not encrypted, RSA or EC.",
                            structure = PemFile.Written.class,
                            example = "pki/ussd.key")
                    @Nullable PemFile key)
            implements Checked {
        @Override
        public void check(Section section) {
            if (section.has("certificate") != section.has("key")) {
                section.refuse(
                        section.has("key") ? "key" : "certificate",
                        section.has("key")
                                ? "a key without its certificate; add certificate"
                                : "a certificate without its key; add key");
            } else if (Stream.of(ca, certificate, key).allMatch(it -> it == null || it.isThere())) {
                try {
                    Pki.context(this);
                } catch (Pki.UnusableFileException e) {
                    section.refuse(e.key(), e.message());
                }
            }
        }
    }

    /** When a call is sent again. */
    @Settings(
            "When a call that failed is sent again: GET, PUT and DELETE, and others if the script gives an idempotency_key.")
    record RetrySettings(
            @Key(
                            value =
                                    "How often at most, all within timeout, with a pause of 50 ms before the first and twice as long before each further.",
                            unset = "1",
                            from = "0",
                            to = "5")
                    int attempts,
            @Key(
                            value = "What is worth another attempt: a status, connect or closed.",
                            unset = "[connect, 502, 503, 504]",
                            as = Cause.Written.class)
                    List<Cause> on) {

        boolean isWorth(Exchange.Outcome outcome) {
            return on.stream().anyMatch(it -> it.covers(outcome));
        }
    }

    /** A failure after which another attempt may go well. */
    enum Cause {
        CONNECT("connect"),
        CLOSED("closed"),
        TOO_MANY_REQUESTS("429"),
        INTERNAL_SERVER_ERROR("500"),
        BAD_GATEWAY("502"),
        SERVICE_UNAVAILABLE("503"),
        GATEWAY_TIMEOUT("504");

        private final String word;

        Cause(String word) {
            this.word = word;
        }

        private boolean covers(Exchange.Outcome outcome) {
            return switch (outcome) {
                case Exchange.Answer answer -> word.equals(Integer.toString(answer.status()));
                case Exchange.Failure failure -> word.equals(failure.why().word());
            };
        }

        /** As the rules write it. */
        static final class Written implements Supplier<Notation<?>> {
            @Override
            public Notation<?> get() {
                List<String> words = Stream.of(values()).map(it -> it.word).toList();
                return Notation.ofWords(
                        ValueType.choice(words).map(it -> List.of(values()).get(words.indexOf(it))),
                        it -> it.word,
                        "^(?:" + String.join("|", words) + ")$");
            }
        }
    }

    /** When calls are kept away. */
    @Settings("When calls are kept away from a service that fails.")
    record BreakerSettings(
            @Key(
                            value =
                                    "The share of the last calls that must fail: by timeout, connect, tls, closed, or a status from 500.",
                            unset = "50%",
                            from = "1%",
                            to = "100%",
                            nullIs = "none")
                    @Nullable Integer failures,
            @Key(
                            value =
                                    "How many of the last calls are looked at; with fewer it stays closed.",
                            unset = "50",
                            from = "1",
                            to = "10000")
                    int of,
            @Key(
                            value =
                                    "How long no call goes through; then one is tried, and until it has ended the others get open.",
                            unset = "10s",
                            from = "1ms",
                            to = "1h")
                    Duration openFor) {}

    /** Headers with their values. */
    static final class HeaderValues implements Structure<Map<String, String>> {
        private static final ValueType<String> NAME =
                ValueType.text(Headers.NAME_IN_WORDS, Pattern.compile(Headers.NAME));

        @Override
        public Map<String, String> read(
                Section section, String key, Map<String, @Nullable Object> before) {
            Map<String, String> headers = new LinkedHashMap<>();
            section.values(key, NAME, (path, value) -> objection(key, path, value))
                    .forEach(
                            (name, value) -> {
                                if (value instanceof List<?> || value instanceof Map<?, ?>) {
                                    section.refuse(
                                            key, name + " is no single value; allowed is a text");
                                } else {
                                    headers.put(name, String.valueOf(value));
                                }
                            });
            return headers;
        }

        private static Optional<String> objection(String key, String path, Object value) {
            return Headers.reserved(path)
                    .or(() -> Headers.valueFault(path, String.valueOf(value)))
                    .map(it -> key + ": " + it);
        }

        @Override
        public void print(SettingsWriter out, String key, Map<String, String> value) {
            if (!value.isEmpty()) {
                out.entry(key, value);
            }
        }

        @Override
        public String allowed() {
            return "texts by the names of their headers, such as {X-Channel: ussd}";
        }
    }

    /** What is wrong with a URL; empty: nothing. */
    private static Optional<String> fault(String url) {
        String allowed = "; allowed is a URL such as https://billing.example:8443/v1";
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            return Optional.of("no URL (" + e.getReason() + ")" + allowed);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return Optional.of("it begins with neither http:// nor https://" + allowed);
        }
        if (uri.getRawUserInfo() != null) {
            return Optional.of(
                    "a user or password in a URL is read by many; use auth: {basic: ...}");
        }
        if (uri.getHost() == null) {
            return Optional.of("it has no host, or one that cannot be" + allowed);
        }
        if (uri.getPort() == 0 || uri.getPort() > 65535) {
            return Optional.of("port " + uri.getPort() + "; allowed is 1 to 65535");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            return Optional.of("a URL with ? or #; a script gives the query with each call");
        }
        if (!uri.normalize().equals(uri) || uri.getRawPath().contains("//")) {
            return Optional.of("a path with //, . or ..; write where it leads");
        }
        return Optional.empty();
    }

    private static boolean isLoopback(String url) {
        try {
            String host = new URI(url).getHost();
            return host != null
                    && (host.equals("localhost")
                            || host.startsWith("127.")
                            || host.equals("[::1]"));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
