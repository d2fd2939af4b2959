package io.moondial.rules;

import io.moondial.config.LocatedYaml;
import io.moondial.config.Problems;
import io.moondial.config.Section;
import io.moondial.config.ValueType;
import io.moondial.modules.BuiltInModules;
import io.moondial.problem.Problem;
import io.moondial.rules.Rules.Control;
import io.moondial.rules.Rules.Dialogs;
import io.moondial.rules.Rules.Log;
import io.moondial.rules.Rules.Script;
import io.moondial.script.api.ApiModule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** The rules file, read strictly: either all of it is right, or every problem in it is told. */
public final class RulesFile {
    private static final String SOCKET = "run/ussd.sock";
    private static final int MAX_DIALOGS = 10_000_000;
    private static final List<String> LOG_LEVELS =
            List.of("error", "warn", "info", "debug", "trace");

    private RulesFile() {}

    /**
     * What the file says, and the defaults where it says nothing.
     *
     * @param file as the person named it: paths in it are relative to its folder
     * @throws RulesException where anything in it is wrong, or it cannot be read
     */
    public static Rules read(Path file) throws RulesException {
        return read(file, UnaryOperator.identity(), BuiltInModules.create(), warning -> {});
    }

    /**
     * The same, of files that lie elsewhere.
     *
     * @param from where what is named so is found: the rules file itself, and each script folder
     * @param modules what the scripts have beside Lua's own
     * @param warnings takes what is allowed in the file, and its writer may not have meant
     */
    public static Rules read(
            Path file,
            UnaryOperator<Path> from,
            List<ApiModule> modules,
            Consumer<Problem> warnings)
            throws RulesException {
        var problems = new Problems(file);
        Optional<Rules> rules =
                LocatedYaml.read(from.apply(file), problems)
                        .map(root -> rules(file, new Section(root, problems), from, modules));
        if (rules.isEmpty() || !problems.isEmpty()) {
            throw new RulesException(problems.inFileOrder());
        }
        problems.warnings().forEach(warnings);
        return rules.get();
    }

    /**
     * The script folders that a file names, be the rest of it sound or not; none where it cannot be
     * read to its end.
     */
    public static Set<Path> scriptFolders(Path file) {
        var problems = new Problems(file); // of no interest here
        Set<Path> folders = new HashSet<>();
        LocatedYaml.read(file, problems)
                .map(root -> new Section(root, problems))
                .ifPresent(
                        root -> {
                            folders.add(ServiceReader.scriptDir(root.section("process")));
                            root.sectionIfGiven("notify")
                                    .map(ServiceReader::scriptDir)
                                    .ifPresent(folders::add);
                        });
        return folders;
    }

    /**
     * The control socket that a file names, be the rest of it sound or not; that of the defaults
     * where it is not YAML to its end.
     *
     * @throws RulesException where there is no such file, or it cannot be read at all
     */
    public static Path controlSocket(Path file) throws RulesException {
        var problems = new Problems(file);
        Optional<Section> control =
                LocatedYaml.read(file, problems)
                        .map(root -> new Section(root, problems).section("control"));
        if (control.isEmpty() && problems.inFileOrder().getFirst().line() == 0) {
            throw new RulesException(problems.inFileOrder());
        }
        return control.map(RulesFile::socket).orElseGet(() -> file.resolveSibling(SOCKET));
    }

    private static Path socket(Section control) {
        return control.path("socket", SOCKET);
    }

    private static Rules rules(
            Path file, Section root, UnaryOperator<Path> from, List<ApiModule> modules) {
        var services = new ServiceReader(from, modules);
        Dialogs dialogs = dialogs(root.section("dialogs"));
        var rules =
                new Rules(
                        file,
                        services.process(root.section("process")),
                        root.sectionIfGiven("notify").map(services::inboundNotify).orElse(null),
                        script(root.section("script")),
                        dialogs,
                        EdrReader.read(root.section("edr")),
                        NetworkReader.read(root.section("network"), dialogs),
                        control(root.section("control")),
                        log(root.section("log")));
        root.refuseUnknownKeys();
        return rules;
    }

    private static Script script(Section script) {
        return new Script(
                script.find(
                        "reload_interval",
                        ValueType.duration(Duration.ofMillis(10), Duration.ofDays(1)),
                        Duration.ofSeconds(1)),
                Limits.of(script),
                script.find(
                        "grace_time",
                        ValueType.duration(Duration.ZERO, Duration.ofHours(1)),
                        Duration.ofSeconds(5)),
                Limits.breaker(script),
                Limits.shares(script));
    }

    private static Dialogs dialogs(Section dialogs) {
        return new Dialogs(
                dialogs.find("max", ValueType.wholeNumber(1, MAX_DIALOGS), 250_000),
                dialogs.find("max_heap", ValueType.percentage(10, 100), 85),
                dialogs.find(
                        "stop_timeout",
                        ValueType.duration(Duration.ZERO, Duration.ofDays(1)),
                        Duration.ofSeconds(30)));
    }

    private static Control control(Section control) {
        return new Control(
                socket(control),
                control.find("max_connections", ValueType.wholeNumber(1, 1000), 16),
                control.find(
                        "timeout",
                        ValueType.duration(Duration.ofMillis(10), Duration.ofHours(1)),
                        Duration.ofSeconds(10)),
                control.find(
                        "reconcile_interval",
                        ValueType.duration(Duration.ofMillis(10), Duration.ofHours(1)),
                        Duration.ofSeconds(5)),
                control.find("reconcile_looks", ValueType.wholeNumber(1, 1000), 6));
    }

    private static Log log(Section log) {
        return new Log(log.find("level", ValueType.choice(LOG_LEVELS), "info"));
    }
}
