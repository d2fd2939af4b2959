package io.moondial.cli;

import io.moondial.ConfigurationException;
import io.moondial.LastGood.ControlSocket;
import io.moondial.admin.client.AdminClient;
import io.moondial.admin.client.AdminClient.Place;
import io.moondial.text.LogText;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which running engine is asked, of every verb that asks one, and who asks. */
public final class EngineOption {
    /** Has the token if no file is named. */
    static final String TOKEN = "USSD_ADMIN_TOKEN";

    private static final int MAX_TOKEN = 4096;
    private static final Set<String> OWN_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

    @Option(
            names = "--connect-admin",
            paramLabel = "URL",
            description =
                    "Asks the engine that listens there (admin: listen in its rules), such as https://ussd1:8088, instead of the one whose socket --rules names. The token comes from --token-file or the variable "
                            + TOKEN
                            + ".")
    private @Nullable URI address;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "With --connect-admin: the file whose first line is the token.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "With --connect-admin: a PEM file with the certificates that the engine's is trusted by, instead of those that Java trusts.")
    private @Nullable Path authority;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description =
                    "Asks the engine with this control socket, instead of the one whose socket --rules names.")
    private @Nullable Path socket;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description =
                    "The folder that serve --state names. If the rules file is broken, the set that is kept there says where the socket is. Default: the folder state beside the rules file; of the rules of a package, the one that its service names.")
    private @Nullable Path state;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    EngineOption() {}

    /** Whether an engine at an address is meant. */
    public boolean isRemote() {
        return address != null;
    }

    /**
     * A client of that engine; nothing is asked yet.
     *
     * @param rules say where the socket is, if no address is given
     */
    public AdminClient client(RulesOption rules) throws ConfigurationException, IOException {
        if (address == null) {
            if (tokenFile != null || authority != null) {
                throw bad("--token-file and --ca are for --connect-admin");
            }
            return socket == null ? named(rules) : AdminClient.local(new Place(socket, "--socket"));
        }
        if (socket != null || state != null) {
            throw bad("--connect-admin and a --socket or --state exclude each other");
        }
        return AdminClient.remote(checked(address), token(), authority);
    }

    private AdminClient named(RulesOption rules) throws ConfigurationException {
        ControlSocket found = rules.lastGood(state).controlSocket();
        if (found.surprise() != null) {
            tell(found.surprise());
        }
        Path otherwise = found.otherwise();
        return AdminClient.local(
                new Place(found.asked(), found.from()),
                otherwise == null ? null : new Place(otherwise, ControlSocket.OF_KEPT),
                this::tell);
    }

    private void tell(String surprise) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("ussd: " + LogText.of(surprise));
        err.flush();
    }

    private URI checked(URI given) {
        String host = given.getHost();
        boolean plain =
                host != null
                        && given.getRawUserInfo() == null
                        && given.getRawQuery() == null
                        && given.getRawFragment() == null
                        && (given.getRawPath().isEmpty() || given.getRawPath().equals("/"));
        if (plain && "https".equals(given.getScheme())) {
            return given;
        }
        if (plain && "http".equals(given.getScheme())) {
            if (OWN_HOSTS.contains(host)) {
                return given;
            }
            throw bad(
                    "--connect-admin is %s: without TLS everybody on the way could read the token; use https://"
                            .formatted(given));
        }
        throw bad("--connect-admin is '%s'; it is like https://ussd1:8088".formatted(given));
    }

    private @Nullable String token() throws IOException {
        if (tokenFile == null) {
            String found = System.getenv(TOKEN);
            return found == null || found.isBlank() ? null : sound(found.strip(), TOKEN);
        }
        try (var lines = Files.newBufferedReader(tokenFile, StandardCharsets.UTF_8)) {
            char[] first = new char[MAX_TOKEN + 1];
            int length = Math.max(0, lines.read(first));
            String text = new String(first, 0, length);
            return sound(text.lines().findFirst().orElse("").strip(), tokenFile.toString());
        }
    }

    private String sound(String token, String from) {
        if (token.isEmpty() || token.length() > MAX_TOKEN || !isVisible(token)) {
            throw bad(
                    "the first line of %s is no token: 1 to %d visible characters of ASCII are allowed"
                            .formatted(from, MAX_TOKEN));
        }
        return token;
    }

    private static boolean isVisible(String token) {
        return token.chars().allMatch(character -> character > ' ' && character < 0x7f);
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
