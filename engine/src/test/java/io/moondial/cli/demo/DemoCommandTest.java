package io.moondial.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.moondial.cli.ExitCode;
import io.moondial.cli.InProcess;
import io.moondial.cli.UssdProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo as the reader of the README meets it: real HTTP, a real database, a real store. */
class DemoCommandTest {
    private static final Path EXAMPLE =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")), "scripts/money");

    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int demo(String... arguments) {
        List<String> all = new ArrayList<>(List.of("demo", "--from", EXAMPLE.toString()));
        all.addAll(List.of(arguments));
        return InProcess.ussd(out, err, all.toArray(String[]::new));
    }

    private String folder(String name) {
        return folder.resolve(name).toString();
    }

    private static List<Path> files(Path of) throws IOException {
        try (Stream<Path> files = Files.walk(of)) {
            return files.sorted().toList();
        }
    }

    private String edrs(String name) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(name).resolve("edr"))) {
            StringBuilder all = new StringBuilder();
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
            return all.toString();
        }
    }

    @Test
    void one_command_dials_the_service_and_leaves_nothing_behind() throws IOException {
        List<Path> before = files(EXAMPLE);
        assertThat(demo("money", "1", "1", "1234")).as(err.toString()).isZero();

        assertThat(out.toString())
                .isEqualTo(
                        """
                        menu 1. English
                             2. Kiswahili
                        answer 1
                        menu Mobile money
                             1. Balance
                             2. Send money
                             3. Buy airtime
                             4. Kiswahili
                        answer 1
                        menu Your PIN:
                             0. Back
                        answer ****
                        respond Wallet: KES 1250.00
                                Airtime: KES 12.50
                        """);
        assertThat(err.toString()).isEmpty();
        assertThat(files(EXAMPLE)).isEqualTo(before);
    }

    @Test
    void in_a_folder_it_remembers() throws IOException {
        assertThat(demo("--folder", folder("own"), "money", "2", "3", "50", "1234")).isZero();
        assertThat(out.toString()).endsWith("respond Umepata salio la simu la KES 50.00.\n");
        assertThat(edrs("own"))
                .contains("AIRTIME|AMOUNT=50.00|PAYEE=254711000001|PAYER=254711000001|PAYMENT=")
                .contains("|RESULT=done\n")
                .doesNotContain("1234\n");

        assertThat(demo("--folder", folder("own"), "money", "2", "0711000002", "200", "1234"))
                .isZero();
        assertThat(out.toString()).endsWith("respond Umetuma KES 200.00 kwa 254711000002.\n");

        assertThat(
                        demo(
                                "--folder",
                                folder("own"),
                                "--msisdn",
                                "254711000002",
                                "money",
                                "1",
                                "1",
                                "4321"))
                .isZero();
        assertThat(out.toString()).contains("respond Wallet: KES 250.00\n");
    }

    @Test
    void a_billing_system_that_is_down_is_a_sentence_for_the_subscriber() {
        assertThat(demo("--billing", "down", "money", "1", "3", "50", "1234")).isZero();

        assertThat(out.toString())
                .endsWith(
                        "respond This does not work now. Nothing was charged. Please try later.\n");
    }

    @Test
    void a_billing_system_that_answers_too_late_leaves_it_open_what_has_become_of_the_money()
            throws IOException {
        assertThat(demo("--folder", folder("own"), "money", "1", "1", "1234")).isZero();
        Path rules = folder.resolve("own/rules.yaml");
        Files.writeString(rules, Files.readString(rules).replace("timeout: 3s", "timeout: 1s"));

        assertThat(demo("--folder", folder("own"), "--billing", "slow", "money", "3", "50", "1234"))
                .isZero();

        assertThat(out.toString()).contains("respond We do not know yet whether this has worked.");
        assertThat(edrs("own")).contains("|RESULT=unknown\n");
    }

    @Test
    void what_it_cannot_do_is_said() {
        assertThat(demo("bank")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(demo("--billing", "broken", "money")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(demo("--serve", "money", "1")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(InProcess.ussd(out, err, "demo", "--from", folder("none"), "money"))
                .isEqualTo(ExitCode.BAD_INPUT);

        assertThat(err.toString())
                .contains("ussd: there is no service 'bank': there is money\n")
                .contains("ussd: --billing is 'broken': up, slow or down is allowed\n")
                .contains("ussd: --serve dials nothing: give no answers\n")
                .contains(
                        "ussd: the example is not in %s: call this in the folder of the engine, or say where it is with --from\n"
                                .formatted(folder("none")));
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void what_is_broken_in_the_copy_is_said_with_its_place() throws IOException {
        assertThat(demo("--folder", folder("own"), "money", "1", "4")).isZero();
        Path script = folder.resolve("own/money.lua");
        Files.writeString(script, Files.readString(script) + "\nhttp.get('biling', '/')\n");
        assertThat(demo("--folder", folder("own"), "money", "4")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("money.lua:").contains("biling");

        Files.delete(folder.resolve("own/state/bank.db"));
        Files.writeString(
                folder.resolve("own/bank.sql"),
                "CREATE TABLE a (b INT);\n\nINSERT INTO c VALUES (1);\n");
        assertThat(demo("--folder", folder("own"), "money")).isEqualTo(ExitCode.NOT_STARTED);
        assertThat(err.toString()).contains("bank.sql:3: ").contains("no such table: c");
        assertThat(folder.resolve("own/state/bank.db")).doesNotExist();
        assertThat(folder.resolve("own/state/bank.db.new")).doesNotExist();
    }

    @Test
    void a_second_one_in_the_same_folder_is_refused_with_words() throws IOException {
        Path own = Files.createDirectories(folder.resolve("own"));
        try (FileChannel first =
                        FileChannel.open(
                                own.resolve(".demo.lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                FileLock lock = first.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThat(demo("--folder", own.toString(), "money", "1"))
                    .isEqualTo(ExitCode.NOT_STARTED);
        }
        assertThat(err.toString())
                .contains("another ussd demo is at work in " + own + ": end it, or give another");
        assertThat(files(own)).containsExactly(own, own.resolve(".demo.lock"));

        assertThat(demo("--folder", own.toString(), "money", "1", "4")).isZero();
    }

    @Test
    void a_signal_leaves_no_folder_behind() throws Exception {
        Process demo =
                UssdProcess.start(
                        List.of("-Djava.io.tmpdir=" + folder),
                        "demo",
                        "money",
                        "--from",
                        EXAMPLE.toString());
        try (BufferedReader lines = demo.inputReader(StandardCharsets.UTF_8)) {
            assertThat(assertTimeoutPreemptively(Duration.ofMinutes(2), lines::readLine))
                    .isEqualTo("menu 1. English");
            assertThat(made()).hasSize(1);

            demo.toHandle().destroy(); // which leaves the streams open

            assertThat(demo.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(made()).isEmpty();
            assertThat(new String(demo.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .doesNotContain("ussd: ", "Exception", " ERROR ");
        } finally {
            demo.destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--console", "--serve"})
    void a_signal_leaves_no_folder_behind_of_one_that_serves(String how) throws Exception {
        Process serve =
                UssdProcess.start(
                        List.of("-Djava.io.tmpdir=" + folder), served(how, "127.0.0.1:0"));
        try (BufferedReader lines = serve.inputReader(StandardCharsets.UTF_8)) {
            assertThat(assertTimeoutPreemptively(Duration.ofMinutes(2), lines::readLine))
                    .startsWith("ready in ");
            assertThat(made()).hasSize(1);

            serve.toHandle().destroy();

            assertThat(serve.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(serve.exitValue()).isZero();
            assertThat(made()).isEmpty();
        } finally {
            serve.destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--console", "--serve"})
    void a_start_that_fails_leaves_no_folder_behind(String how) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process serve =
                    UssdProcess.start(
                            List.of("-Djava.io.tmpdir=" + folder),
                            served(how, "127.0.0.1:" + taken.getLocalPort()));
            try {
                serve.getErrorStream().transferTo(OutputStream.nullOutputStream());
                assertThat(serve.waitFor(2, TimeUnit.MINUTES)).isTrue();
                assertThat(serve.exitValue()).isEqualTo(ExitCode.NOT_STARTED);
                assertThat(made()).isEmpty();
            } finally {
                serve.destroyForcibly().waitFor();
            }
        }
    }

    /** The command line of a demo that listens at an address, as what its option says. */
    private static String[] served(String how, String address) {
        List<String> line = new ArrayList<>(List.of("demo", "money", "--from", EXAMPLE.toString()));
        line.addAll(
                how.equals("--console")
                        ? List.of("--console", address)
                        : List.of("--serve", "--listen", address));
        return line.toArray(String[]::new);
    }

    private List<Path> made() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(it -> it.getFileName().toString().startsWith("ussd-demo-")).toList();
        }
    }

    @Test
    void a_port_that_is_taken_is_said_and_not_how_to_dial_it() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String endpoint = "127.0.0.1:" + taken.getLocalPort();

            assertThat(demo("--folder", folder("own"), "--serve", "--listen", endpoint, "money"))
                    .isEqualTo(ExitCode.NOT_STARTED);

            assertThat(err.toString())
                    .contains("cannot listen at tcp " + endpoint)
                    .endsWith("ussd: another address is given with --listen HOST:PORT\n")
                    .doesNotContain("dial it");
        }
    }

    @Test
    void its_console_on_an_address_that_is_taken_says_how_another_is_given() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String endpoint = "127.0.0.1:" + taken.getLocalPort();

            assertThat(demo("--folder", folder("own"), "--console=" + endpoint, "money"))
                    .isEqualTo(ExitCode.NOT_STARTED);

            assertThat(err.toString())
                    .contains(
                            "the interface cannot listen on "
                                    + endpoint
                                    + " (admin: listen): the address is in use by another program")
                    .endsWith("ussd: another address is given with --console=HOST:PORT\n");
        }
    }

    @Test
    void its_console_lets_in_who_has_the_password_that_it_says() throws Exception {
        try (Serving demo = serving("--console")) {
            Pattern said =
                    Pattern.compile("ussd: the console: (http://.*/) user demo, password (.*)");
            Matcher found =
                    assertTimeoutPreemptively(
                            Duration.ofMinutes(2),
                            () ->
                                    demo.process
                                            .errorReader(StandardCharsets.UTF_8)
                                            .lines()
                                            .map(said::matcher)
                                            .filter(Matcher::matches)
                                            .findFirst()
                                            .orElseThrow());
            assertThat(found.group(1)).isEqualTo("http://" + demo.address + "/");
            assertThat(logIn(found.group(1), found.group(2))).isEqualTo(200);
            assertThat(logIn(found.group(1), "guessed")).isEqualTo(401);
            assertThat(InProcess.ussd(out, err, "status", "--rules", folder("own/rules.yaml")))
                    .as(out + err.toString())
                    .isZero();
        }
    }

    private static int logIn(String console, String password) throws Exception {
        var connection =
                (HttpURLConnection) URI.create(console + "v1/session").toURL().openConnection();
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        connection
                .getOutputStream()
                .write(
                        "{\"user\":\"demo\",\"password\":\"%s\"}"
                                .formatted(password)
                                .getBytes(StandardCharsets.UTF_8));
        return connection.getResponseCode();
    }

    @Test
    void served_it_can_be_dialled_from_elsewhere() throws Exception {
        try (Serving demo = serving("--serve")) {
            assertThat(
                            assertTimeoutPreemptively(
                                    Duration.ofMinutes(2),
                                    () ->
                                            demo.process
                                                    .errorReader(StandardCharsets.UTF_8)
                                                    .lines()
                                                    .filter(it -> it.startsWith("ussd: "))
                                                    .findFirst()))
                    .hasValue(
                            "ussd: the service is in %s; dial it: ./ussd dial --connect %s --msisdn 254711000001 '*150#'"
                                    .formatted(folder("own"), demo.address));

            assertThat(
                            InProcess.ussd(
                                    out,
                                    err,
                                    "dial",
                                    "--connect",
                                    demo.address,
                                    "--msisdn",
                                    "254711000002",
                                    "*150#",
                                    "1",
                                    "1",
                                    "4321"))
                    .as(err.toString())
                    .isZero();

            assertThat(out.toString())
                    .endsWith("respond Wallet: KES 50.00\n        Airtime: KES 0.00\n");
        }
    }

    /** A demo that serves at this address. */
    private record Serving(Process process, String address) implements AutoCloseable {
        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }

    /**
     * A demo in its own folder that is ready. A port that was free may be another program's before
     * the demo has it; then another is tried.
     */
    private Serving serving(String how) throws Exception {
        for (int attempt = 1; ; attempt++) {
            String address = "127.0.0.1:" + freePort();
            List<String> line = new ArrayList<>(List.of(served(how, address)));
            line.addAll(List.of("--folder", folder("own")));
            Serving serving = new Serving(UssdProcess.start(line.toArray(String[]::new)), address);
            boolean isReady = false;
            try {
                String first =
                        assertTimeoutPreemptively(
                                Duration.ofMinutes(2),
                                serving.process.inputReader(StandardCharsets.UTF_8)::readLine);
                if (first != null) {
                    assertThat(first).startsWith("ready in ");
                    isReady = true;
                    return serving;
                }
                String said =
                        new String(
                                serving.process.getErrorStream().readAllBytes(),
                                StandardCharsets.UTF_8);
                assertThat(said).as("attempt " + attempt).contains("cannot listen");
                assertThat(attempt).as(said).isLessThan(5);
            } finally {
                if (!isReady) {
                    serving.close();
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
