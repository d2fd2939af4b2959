package io.moondial.rules;

import io.moondial.config.Key;
import io.moondial.config.LocatedYaml;
import io.moondial.config.Problems;
import io.moondial.config.Schema;
import io.moondial.config.Section;
import io.moondial.edr.EdrSettings;
import io.moondial.modules.BuiltInModules;
import io.moondial.problem.Problem;
import io.moondial.script.ScriptGlobals;
import io.moondial.script.ScriptSettings;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.Backends;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** The rules file, read strictly: either all of it is right, or every problem in it is told. */
public final class RulesFile {
    static final Schema<ProcessSettings> PROCESS =
            Schema.of(
                    ProcessSettings.class,
                    new Triggers.OfAnswers(UnaryOperator.identity()),
                    new Globals(Set.of()));
    static final Schema<NotifySettings> NOTIFY =
            Schema.of(
                    NotifySettings.class,
                    new Triggers.OfNotifies(UnaryOperator.identity()),
                    new Globals(Set.of()));
    private static final Schema<ScriptDir> SCRIPT_DIR = Schema.of(ScriptDir.class);
    static final Schema<ScriptSettings> SCRIPT = Schema.of(ScriptSettings.class);
    static final Schema<DialogSettings> DIALOGS = Schema.of(DialogSettings.class);
    static final Schema<EdrSettings> EDR = Schema.of(EdrSettings.class);
    static final Schema<Rules.Network> NETWORK = Schema.of(Rules.Network.class);
    static final Schema<ControlSettings> CONTROL = Schema.of(ControlSettings.class);
    static final Schema<LogSettings> LOG = Schema.of(LogSettings.class);

    /** The sections that records declare, in the order of the file. */
    static final Map<String, Schema<?>> SECTIONS = sections();

    private RulesFile() {}

    private static Map<String, Schema<?>> sections() {
        Map<String, Schema<?>> sections = new LinkedHashMap<>();
        sections.put("process", PROCESS);
        sections.put("notify", NOTIFY);
        sections.put("script", SCRIPT);
        sections.put("dialogs", DIALOGS);
        sections.put("edr", EDR);
        sections.put("network", NETWORK);
        sections.put("control", CONTROL);
        sections.put("log", LOG);
        return Collections.unmodifiableMap(sections);
    }

    /** Whether a running engine keeps the values that a section had at its start. */
    static boolean waitsForRestart(String section) {
        Schema<?> schema = SECTIONS.get(section);
        return schema == null || schema.waitsForRestart(); // those of modules with a backend
    }

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
                        .map(root -> rules(new Section(root, problems), file, from, modules));
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
                            folders.add(scriptDir(root.section("process")));
                            root.sectionIfGiven("notify")
                                    .map(RulesFile::scriptDir)
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
        return control.map(CONTROL::read)
                .map(ControlSettings::socket)
                .orElseGet(() -> file.resolveSibling(ControlSettings.SOCKET));
    }

    private static Path scriptDir(Section service) {
        return SCRIPT_DIR.read(service).scriptDir();
    }

    /** The one key of a service that says where its scripts are. */
    private record ScriptDir(@Key(unset = ProcessSettings.SCRIPT_DIR_UNSET) Path scriptDir) {}

    private static Rules rules(
            Section root, Path file, UnaryOperator<Path> from, List<ApiModule> modules) {
        Globals globals = new Globals(ScriptGlobals.taken(modules));
        Schema<ProcessSettings> process =
                Schema.of(ProcessSettings.class, new Triggers.OfAnswers(from), globals);
        Schema<NotifySettings> inbound =
                Schema.of(NotifySettings.class, new Triggers.OfNotifies(from), globals);
        DialogSettings dialogs = DIALOGS.read(root.section("dialogs"));
        var rules =
                new Rules(
                        file,
                        process.read(root.section("process")),
                        root.sectionIfGiven("notify").map(inbound::read).orElse(null),
                        SCRIPT.read(root.section("script")),
                        dialogs,
                        EDR.read(root.section("edr")),
                        network(root.section("network"), dialogs),
                        CONTROL.read(root.section("control")),
                        LOG.read(root.section("log")),
                        Backends.Settings.read(modules, root));
        root.refuseUnknownKeys();
        return rules;
    }

    private static Rules.Network network(Section network, DialogSettings dialogs) {
        Rules.Network read = NETWORK.readBeside(network, Map.of("dialogs", dialogs));
        int maxDialogs = read.limits().tcap().maxDialogs();
        if (maxDialogs <= dialogs.max()) {
            network.section("tcap")
                    .refuse(
                            "max_dialogs",
                            "found %d; it must be more than dialogs.max, which is %d; otherwise the stack refuses dialogs before the engine does"
                                    .formatted(maxDialogs, dialogs.max()));
        }
        return read;
    }
}
