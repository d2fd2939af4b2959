package io.moondial.cli.demo;

import io.moondial.admin.Role;
import io.moondial.admin.UsersFile;
import io.moondial.cli.OwnEngine;
import io.moondial.cli.OwnEngine.NotStartedException;
import io.moondial.cli.ServeCommand;
import io.moondial.cli.Ussd;
import io.moondial.cli.demo.BillingStub.Mood;
import io.moondial.file.FileTrouble;
import io.moondial.modules.sql.SqliteFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ussd demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Starts the example service scripts/money with all that it needs, and dials *150#.",
            "That is a billing system (HTTP), a database and a store of values. The service is copied to a folder, so that nothing of the example is changed. The number 254711000001 has the PIN 1234, 254711000002 has 4321."
        })
public final class DemoCommand implements Callable<Integer> {
    private static final String MONEY = "money";
    private static final String CODE = "*150#";
    private static final Set<String> LEFT_BEHIND = Set.of("state", "edr", "run");
    private static final String LOCK = ".demo.lock";
    private static final String USERS = "users";
    private static final String NETWORK = "# The network of ussd demo --serve\n";
    private static final Pattern BILLING = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");

    @Parameters(
            index = "0",
            paramLabel = "SERVICE",
            description = "The service. There is one: money.")
    private String service = MONEY;

    @Parameters(
            index = "1..*",
            paramLabel = "ANSWER",
            description = "What is answered to each menu in turn; then the terminal is asked.")
    private List<String> answers = List.of();

    @Option(
            names = "--msisdn",
            paramLabel = "NUMBER",
            defaultValue = "254711000001",
            description = "The number of the handset. Default: ${DEFAULT-VALUE}.")
    private String msisdn;

    @Option(
            names = "--billing",
            paramLabel = "HOW",
            defaultValue = "up",
            description =
                    "How the billing system behaves: up; slow, which sells airtime but answers too"
                            + " late; or down. Default: ${DEFAULT-VALUE}.")
    private String billing;

    @Option(
            names = "--serve",
            description = "Dials nothing, and runs until a signal, for dial --connect.")
    private boolean serve;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:2905",
            description =
                    "With --serve: where it listens for M3UA over TCP. Default: ${DEFAULT-VALUE}.")
    private String listen;

    @Option(
            names = "--console",
            paramLabel = "HOST:PORT",
            arity = "0..1",
            fallbackValue = "127.0.0.1:8088",
            description =
                    "Dials nothing, and runs until a signal, with the console for a browser on this machine"
                            + " and its user demo. Without an address: ${FALLBACK-VALUE}.")
    private @Nullable String console;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description =
                    "Where the service is copied to, if it is not there yet, and where it keeps its"
                            + " data. Default: a new folder, which is removed at the end.")
    private @Nullable Path folder;

    @Option(
            names = "--from",
            paramLabel = "DIR",
            defaultValue = "${sys:moondial.examples:-scripts}/money",
            description = "Where the example is. Default: ${DEFAULT-VALUE}.")
    private Path from;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    DemoCommand() {}

    @Override
    public Integer call() throws IOException, NotStartedException {
        Mood mood = mood();
        if (!service.equals(MONEY)) {
            throw bad("there is no service '" + service + "': there is money");
        }
        if (runs() && !answers.isEmpty()) {
            throw bad((serve ? "--serve" : "--console") + " dials nothing: give no answers");
        }
        if (!Files.isRegularFile(from.resolve("rules.yaml"))) {
            throw bad(
                    "the example is not in %s: call this in the folder of the engine, or say where it is with --from"
                            .formatted(from));
        }
        if (folder != null) {
            return runAlone(folder, mood, () -> {});
        }
        Path made = Files.createTempDirectory("ussd-demo-money-");
        try (PassingFolder passing = new PassingFolder(made, err())) {
            return runAlone(passing.path, mood, passing::removeLast);
        }
    }

    private boolean runs() {
        return serve || console != null;
    }

    private Mood mood() {
        try {
            return Mood.valueOf(billing.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw bad("--billing is '" + billing + "': up, slow or down is allowed");
        }
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /**
     * Two in one folder would take each other's rules and billing system away.
     *
     * @param whenStopped done after a stop by a signal, which ends the process
     */
    private int runAlone(Path place, Mood mood, Runnable whenStopped) throws NotStartedException {
        FileChannel lock;
        try {
            lock = lock(place);
        } catch (IOException e) {
            throw new NotStartedException(FileTrouble.tell(e), e);
        }
        try (lock) {
            return run(place, mood, whenStopped);
        } catch (IOException e) {
            throw new NotStartedException(FileTrouble.tell(e), e);
        }
    }

    private static FileChannel lock(Path place) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        Files.createDirectories(place).resolve(LOCK),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        boolean isLocked = false;
        try {
            isLocked = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            isLocked = false; // this process has it
        } finally {
            if (!isLocked) {
                channel.close();
            }
        }
        if (!isLocked) {
            throw new IOException(
                    "another ussd demo is at work in "
                            + place
                            + ": end it, or give another --folder; one with --serve is reached by"
                            + " ussd dial --connect");
        }
        return channel;
    }

    private int run(Path place, Mood mood, Runnable whenStopped) throws NotStartedException {
        Path rules = place.resolve("rules.yaml");
        try {
            if (Files.notExists(rules)) {
                copy(from, place);
            }
            makeBank(place);
        } catch (IOException e) {
            throw new NotStartedException(FileTrouble.tell(e), e);
        }
        try (BillingStub stub = billingSystem(place, mood)) {
            adjust(rules, stub.url());
            return runs() ? serve(rules, whenStopped) : execute(commandLine(), dial(rules));
        } catch (IOException e) {
            throw new NotStartedException(FileTrouble.tell(e), e);
        }
    }

    private static BillingStub billingSystem(Path place, Mood mood) throws IOException {
        return new BillingStub(Files.readString(place.resolve("secrets/billing")).strip(), mood);
    }

    private static void makeBank(Path place) throws IOException {
        Path bank = Files.createDirectories(place.resolve("state")).resolve("bank.db");
        if (Files.notExists(bank)) {
            SqliteFile.make(bank, place.resolve("bank.sql"));
        }
    }

    /**
     * The rules lead to the billing system, with --serve to a network, with --console to a browser.
     */
    private void adjust(Path rules, String url) throws IOException {
        String text = BILLING.matcher(Files.readString(rules)).replaceAll(url);
        int network = text.indexOf(NETWORK);
        String before = network < 0 ? text : text.substring(0, network);
        if (runs()) {
            before += NETWORK + (serve ? network(listen) : "") + interfaceOverTcp();
        }
        Files.writeString(rules, before);
    }

    private String interfaceOverTcp() {
        return console == null
                ? ""
                : "admin: {listen: \"%s\", users: %s}%n".formatted(console, USERS);
    }

    /** The only user of the console, with a password that is good for this run. */
    private String logIn(Path place) throws IOException {
        Path file = place.resolve(USERS);
        Files.deleteIfExists(file);
        byte[] random = new byte[9];
        new SecureRandom().nextBytes(random);
        String password = Base64.getUrlEncoder().encodeToString(random);
        new UsersFile(file).add("demo", Role.ADMIN, password);
        return password;
    }

    private int serve(Path rules, Runnable whenStopped) throws IOException {
        String password = console == null ? "" : logIn(Objects.requireNonNull(rules.getParent()));
        CommandLine line = commandLine();
        ServeCommand command =
                Objects.requireNonNull(line.getSubcommands().get("serve")).getCommand();
        command.whenStopped(whenStopped);
        command.whenReady(
                () -> {
                    err().printf(
                                    "ussd: the service is in %s; dial it: ./ussd dial %s --msisdn %s '%s'%n",
                                    rules.getParent(),
                                    serve ? "--connect " + listen : "--live --rules " + rules,
                                    msisdn,
                                    CODE);
                    if (console != null) {
                        err().printf(
                                        "ussd: the console: http://%s/ user demo, password %s%n",
                                        console, password);
                    }
                    err().flush();
                });
        IExecutionExceptionHandler usual = line.getExecutionExceptionHandler();
        line.setExecutionExceptionHandler(
                (failure, at, parsed) -> {
                    int code = usual.handleExecutionException(failure, at, parsed);
                    if (isOfAnAddress(failure)) {
                        err().printf("ussd: another address is given with %s%n", addressOptions())
                                .flush();
                    }
                    return code;
                });
        return execute(line, List.of("serve", "--rules", rules.toString()));
    }

    /** Whether it cannot listen where it should. */
    private static boolean isOfAnAddress(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof BindException)) {
            cause = cause.getCause();
        }
        return cause != null;
    }

    private String addressOptions() {
        String ofConsole = "--console=HOST:PORT";
        String ofNetwork = "--listen HOST:PORT";
        if (!serve) {
            return ofConsole;
        }
        return console == null ? ofNetwork : ofConsole + " or " + ofNetwork;
    }

    private static String network(String endpoint) {
        return """
        network:
          sigtran:
            point_code: 2
            ssns: [6]
            global_title: "254700000000"
            application_servers:
              - name: dial
                mode: asp
                routing_context: 101
                point_codes: [1]
                associations:
                  - {name: dial, transport: tcp, listen: "%s"}
        """
                .formatted(endpoint);
    }

    private List<String> dial(Path rules) {
        List<String> arguments =
                new ArrayList<>(
                        List.of("dial", "--rules", rules.toString(), "--msisdn", msisdn, CODE));
        arguments.addAll(answers);
        return arguments;
    }

    private CommandLine commandLine() {
        CommandLine line = Ussd.commandLine();
        line.setOut(spec.commandLine().getOut());
        line.setErr(err());
        return line;
    }

    private static int execute(CommandLine line, List<String> arguments) {
        return line.execute(arguments.toArray(String[]::new));
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** Copies the files of a folder, without what an engine has left in it. */
    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(
                from,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes it)
                            throws IOException {
                        if (LEFT_BEHIND.contains(from.relativize(at).toString())) {
                            return FileVisitResult.SKIP_SUBTREE;
                        }
                        Files.createDirectories(to.resolve(from.relativize(at).toString()));
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes it)
                            throws IOException {
                        Path copy = to.resolve(from.relativize(file).toString());
                        Files.copy(file, copy);
                        if (from.relativize(file).startsWith("secrets")) {
                            keepPrivate(copy);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    private static void keepPrivate(Path secret) throws IOException {
        if (Files.getFileStore(secret).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        }
    }

    /** A folder that goes with its run, even if a signal or a closed terminal ends that. */
    private static final class PassingFolder implements AutoCloseable {
        final Path path;
        private final PrintWriter err;
        private final Thread hook = Thread.ofPlatform().name("remove").unstarted(this::interrupted);

        PassingFolder(Path path, PrintWriter err) {
            this.path = path;
            this.err = err;
            Runtime.getRuntime().addShutdownHook(hook);
        }

        private void interrupted() {
            OwnEngine.stopAll();
            removeLast();
        }

        /** Before the process ends; what cannot be removed is said. */
        void removeLast() {
            try {
                remove();
            } catch (IOException e) {
                err.printf("ussd: the folder %s is left: %s%n", path, FileTrouble.tell(e)).flush();
            }
        }

        @Override
        public void close() throws IOException {
            OwnEngine.forget(hook);
            remove();
        }

        /** Also where the end of the run and the hook come at the same time. */
        private synchronized void remove() throws IOException {
            if (Files.notExists(path)) {
                return;
            }
            Files.walkFileTree(
                    path,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes it)
                                throws IOException {
                            Files.delete(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(Path at, @Nullable IOException e)
                                throws IOException {
                            Files.delete(at);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        }
    }
}
