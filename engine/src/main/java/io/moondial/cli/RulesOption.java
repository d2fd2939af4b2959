package io.moondial.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.Engine;
import io.moondial.LastGood;
import io.moondial.Rules;
import io.moondial.cli.OwnEngine.NotStartedException;
import io.moondial.logic.DialogObserver;
import io.moondial.problem.Problem;
import io.moondial.script.ScriptHost.CompilationObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** {@code --rules}, and what every verb that starts an engine does with it. */
public final class RulesOption {
    @Option(
            names = "--rules",
            paramLabel = "FILE",
            defaultValue = "${sys:moondial.rules:-rules.yaml}",
            description =
                    "The rules file; paths in it are relative to it. Default: ${DEFAULT-VALUE}.")
    private Path file;

    private CompilationObserver observer = CompilationObserver.NONE;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    RulesOption() {}

    /** From now on somebody sees the scripts being compiled. */
    public void observe(CompilationObserver newObserver) {
        observer = newObserver;
    }

    public Configuration read() throws ConfigurationException {
        Configuration configuration = Configuration.read(file, observer);
        logLevel(configuration.rules().log().level());
        return configuration;
    }

    /** The same for stand-ins, which need no secrets. */
    public Configuration readForTests() throws ConfigurationException {
        Configuration configuration = Configuration.readForTests(file, observer);
        logLevel(configuration.rules().log().level());
        return configuration;
    }

    /** The set that is kept, instead of the files, which are broken. */
    public Configuration use(LastGood kept, List<Problem> broken)
            throws ConfigurationException, IOException {
        Configuration configuration = kept.read(broken, observer);
        logLevel(configuration.rules().log().level());
        return configuration;
    }

    /** The zone in which times are shown to people, be the rest of the file sound or not. */
    public ZoneId timeZone() {
        return Rules.timeZone(file);
    }

    /** The file of those who may log in; empty: the rules name none. */
    Optional<Path> usersFile() throws ConfigurationException {
        return Rules.usersFile(file);
    }

    /** The set that was in service last, kept in this folder; null: where it is kept by default. */
    public LastGood lastGood(@Nullable Path folder) {
        return new LastGood(file, folder == null ? usualState() : folder);
    }

    /** Beside the file; for the rules of a package, where its launcher says. */
    private Path usualState() {
        String ofPackage = System.getProperty("moondial.state");
        String rules = System.getProperty("moondial.rules");
        return ofPackage != null && rules != null && isSame(file, Path.of(rules))
                ? Path.of(ofPackage)
                : file.resolveSibling("state");
    }

    /** Also where there is no such file at the moment. */
    private static boolean isSame(Path one, Path other) {
        return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
    }

    /** An engine with this configuration that is not started yet. */
    public static Engine engine(Configuration configuration, DialogObserver observer)
            throws NotStartedException {
        return engine(() -> new Engine(configuration, observer));
    }

    /** An engine that is not started yet. */
    static Engine engine(Supplier<Engine> maker) throws NotStartedException {
        try {
            return maker.get();
        } catch (RuntimeException e) {
            throw new NotStartedException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Starts an engine; one that cannot be started is closed. */
    public static void start(Engine engine) throws NotStartedException {
        try {
            engine.start();
        } catch (RuntimeException e) {
            NotStartedException notStarted =
                    new NotStartedException(String.valueOf(e.getMessage()), e);
            try {
                engine.close();
            } catch (RuntimeException again) {
                notStarted.addSuppressed(again);
            }
            throw notStarted;
        }
    }

    public static void logLevel(org.slf4j.event.Level level) {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.convertAnSLF4JLevel(level));
    }
}
