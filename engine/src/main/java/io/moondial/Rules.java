package io.moondial;

import static java.util.Objects.requireNonNull;

import io.moondial.admin.AdminSettings;
import io.moondial.admin.ControlSettings;
import io.moondial.channel.embedded.EmbeddedNetwork.EmbeddedSettings;
import io.moondial.channel.sigtran.SigtranSettings;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.config.ChangedSettings;
import io.moondial.config.Checked;
import io.moondial.config.Key;
import io.moondial.config.LocatedYaml;
import io.moondial.config.Place;
import io.moondial.config.Problems;
import io.moondial.config.Schema;
import io.moondial.config.Section;
import io.moondial.config.Settings;
import io.moondial.config.ValueType;
import io.moondial.config.YamlWriter;
import io.moondial.edr.EdrSettings;
import io.moondial.file.PlainFile;
import io.moondial.file.PlainFile.UnreadableFileException;
import io.moondial.lang.TextSettings;
import io.moondial.log.EngineLog.LogSettings;
import io.moondial.logic.ServiceDesk.DialogSettings;
import io.moondial.modules.BuiltInModules;
import io.moondial.problem.Problem;
import io.moondial.push.PushSettings;
import io.moondial.rules.Globals;
import io.moondial.rules.NotifySettings;
import io.moondial.rules.ProcessSettings;
import io.moondial.rules.ScriptFolder;
import io.moondial.rules.Triggers;
import io.moondial.script.ScriptGlobals;
import io.moondial.script.ScriptSettings;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.Backends;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The whole effective configuration: what the rules file says, and the default where it says
 * nothing. Its components are the sections of the file, in their order; each is declared beside the
 * code that uses it. Paths are resolved against the file's folder.
 *
 * @param file where it was read from
 * @param timeZone null: that of the host
 * @param process the service of mobile-initiated USSD
 * @param inboundNotify the service of inbound notifies; null: there is none
 * @param modules the sections of modules that have a backend
 */
public record Rules(
        Path file,
        @Key(
                        value =
                                "The time zone of the dates and times that scripts make (os.date, os.time) and that \"status\" shows. Records and the log are in UTC. It is written as a name of the IANA database. A change is in use for dialogs that begin after it.",
                        unsetIs = "that of the host",
                        example = "Africa/Nairobi")
                @Nullable ZoneId timeZone,
        @Key ProcessSettings process,
        @Key(name = "notify") @Nullable NotifySettings inboundNotify,
        @Key ScriptSettings script,
        @Key TextSettings texts,
        @Key DialogSettings dialogs,
        @Key EdrSettings edr,
        @Key Network network,
        @Key ControlSettings control,
        @Key AdminSettings admin,
        @Key LogSettings log,
        @Key(structure = Backends.Sections.class) Backends.Settings modules)
        implements Checked {
    /** The most octets of a file in which the control socket is looked for though it is broken. */
    private static final int MAX_OCTETS = 32 << 20;

    /** The module whose section says what is pushed. */
    private static final String PUSH = "push";

    private static final Schema<Rules> SCHEMA = schema(BuiltInModules.create());

    /**
     * What the file says, and the defaults where it says nothing.
     *
     * @param file as the person named it: paths in it are relative to its folder
     * @throws ConfigurationException if anything in it is wrong, or it cannot be read; it has every
     *     problem
     */
    public static Rules read(Path file) throws ConfigurationException {
        return read(file, UnaryOperator.identity(), BuiltInModules.create(), warning -> {});
    }

    /**
     * The same, of files that lie elsewhere.
     *
     * @param from where the files of a name are: the rules file itself, and each script folder
     * @param modules what the scripts have beside Lua's own
     * @param warnings takes what is allowed in the file, and its writer may not have meant
     */
    public static Rules read(
            Path file,
            UnaryOperator<Path> from,
            List<ApiModule> modules,
            Consumer<Problem> warnings)
            throws ConfigurationException {
        var problems = new Problems(file);
        Optional<Rules> rules =
                root(from.apply(file), problems).map(root -> read(root, from, modules));
        if (rules.isEmpty() || !problems.isEmpty()) {
            throw new ConfigurationException(problems.inFileOrder());
        }
        problems.warnings().forEach(warnings);
        return rules.get();
    }

    /**
     * What the file says.
     *
     * @return empty if that cannot be read to its end, or is nothing: a disk that is full leaves an
     *     empty file of one that is saved
     */
    private static Optional<Section> root(Path from, Problems problems) {
        Optional<Section> root =
                LocatedYaml.read(from, problems).map(it -> new Section(it, problems));
        if (root.isPresent() && root.get().isEmpty()) {
            problems.add(
                    Place.FILE,
                    "the file is empty, or has only comments: at least one key is needed, such as process, whose triggers say which script answers");
            return Optional.empty();
        }
        return root;
    }

    private static Rules read(Section root, UnaryOperator<Path> from, List<ApiModule> modules) {
        Rules rules = schema(from, modules).read(root);
        ScriptFolder.requireScripts(
                root.section(PUSH), rules.push().scripts(), rules.process().scriptDir(), from);
        root.refuseUnknownKeys();
        return rules;
    }

    /** What may stand in the file, where scripts have these modules. */
    public static Schema<Rules> schema(List<ApiModule> modules) {
        return schema(UnaryOperator.identity(), modules);
    }

    private static Schema<Rules> schema(UnaryOperator<Path> from, List<ApiModule> modules) {
        return Schema.of(
                Rules.class,
                new Triggers.OfAnswers(from),
                new Triggers.OfNotifies(from),
                new Globals(ScriptGlobals.taken(modules)),
                new Backends.Sections(modules));
    }

    /** What is said of dialogs that the engine begins. */
    public PushSettings push() {
        return modules.values(PUSH, PushSettings.class)
                .orElseGet(() -> PushSettings.schema().defaults());
    }

    /** What the sections have to do with each other. */
    @Override
    public void check(Section rules) {
        String bucket = texts.bucket();
        if (bucket != null) {
            modules.objection("kv", "get", List.of(bucket))
                    .ifPresent(it -> rules.section("texts").refuse("bucket", it));
        }
        PushSettings.CallbackSettings callback = push().callback();
        if (callback != null) {
            modules.objection("http", "post", List.of(callback.upstream()))
                    .ifPresent(
                            it -> rules.section(PUSH).section("callback").refuse("upstream", it));
        }
        Integer ssn = push().ssn();
        if (ssn != null && !network.ssns().contains(ssn)) {
            rules.section(PUSH)
                    .refuse(
                            "ssn",
                            "found %d; it must be one of the network's ssns, which are %s"
                                    .formatted(ssn, network.ssns()));
        }
        int maxDialogs = network.limits().tcap().maxDialogs();
        if (maxDialogs <= dialogs.max()) {
            rules.section("network")
                    .section("tcap")
                    .refuse(
                            "max_dialogs",
                            "found %d; it must be more than dialogs.max, which is %d; otherwise the stack refuses dialogs before the engine does"
                                    .formatted(maxDialogs, dialogs.max()));
        }
    }

    /**
     * The script folders that a file names, be the rest of it sound or not; none if it cannot be
     * read to its end.
     */
    static Set<Path> scriptFolders(Path file) {
        var problems = new Problems(file); // of no interest here
        Schema<ScriptDir> schema = Schema.of(ScriptDir.class);
        Set<Path> folders = new HashSet<>();
        LocatedYaml.read(file, problems)
                .map(root -> new Section(root, problems))
                .ifPresent(
                        root -> {
                            folders.add(schema.read(root.section("process")).scriptDir());
                            root.sectionIfGiven("notify")
                                    .map(schema::read)
                                    .map(ScriptDir::scriptDir)
                                    .ifPresent(folders::add);
                        });
        return folders;
    }

    /** The one key of a service that says where its scripts are. */
    private record ScriptDir(@Key(unset = ProcessSettings.SCRIPT_DIR_UNSET) Path scriptDir) {}

    /**
     * The control socket that a file names, be the rest of it sound or not; that of the defaults if
     * it can be read to its end and names none.
     *
     * @param from where the file is, if it is not where the problems say
     * @param problems why it cannot be read to its end is added
     * @return empty: it cannot be read to its end, and none of its lines names one
     */
    static Optional<Path> controlSocket(Path from, Problems problems) {
        Optional<Section> root = root(from, problems);
        return root.isPresent()
                ? socket(root.get().section("control"), false)
                : controlAlone(from, new Problems(problems.file()))
                        .flatMap(control -> socket(control, true));
    }

    private static Optional<Path> socket(Section control, boolean given) {
        Path socket = Schema.of(ControlSettings.class).read(control).socket();
        return control.hasAllowed("socket") || !(given || control.has("socket"))
                ? Optional.of(socket)
                : Optional.empty();
    }

    /** The section in a file that is no YAML as a whole: its lines, up to the next key. */
    private static Optional<Section> controlAlone(Path from, Problems problems) {
        String text;
        try {
            text = new String(PlainFile.read(from, MAX_OCTETS), StandardCharsets.UTF_8);
        } catch (UnreadableFileException e) {
            return Optional.empty(); // which is the problem of the whole
        }
        String lines =
                text.lines()
                        .dropWhile(it -> !it.startsWith("control:"))
                        .takeWhile(it -> it.startsWith("control:") || !it.matches("[^\\s#].*"))
                        .collect(Collectors.joining("\n"));
        return LocatedYaml.read(
                        new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)), problems)
                .map(root -> new Section(root, problems).section("control"));
    }

    /**
     * The time zone that a file names, be the rest of it sound or not; that of the host if it names
     * none that is known.
     */
    public static ZoneId timeZone(Path file) {
        var problems = new Problems(file); // of no interest here
        return LocatedYaml.read(file, problems)
                .map(root -> new Section(root, problems))
                .flatMap(root -> root.find("time_zone", ValueType.timeZone()))
                .orElseGet(ZoneId::systemDefault);
    }

    /**
     * The file of users that a file names, be the rest of it sound or not; empty: it names none.
     *
     * @throws ConfigurationException if there is no such file, or it cannot be read to its end
     */
    public static Optional<Path> usersFile(Path file) throws ConfigurationException {
        var problems = new Problems(file);
        Optional<Section> admin =
                LocatedYaml.read(file, problems)
                        .map(root -> new Section(root, problems).section("admin"));
        if (admin.isEmpty()) {
            throw new ConfigurationException(problems.inFileOrder());
        }
        return admin.map(Schema.of(UsersPath.class)::read).map(UsersPath::users);
    }

    /** The one key of the interface that says who may log in. */
    private record UsersPath(@Key(unsetIs = "nobody") @Nullable Path users) {}

    /**
     * The effective configuration as a rules file that says everything: put instead of the file it
     * came from, it is read to the same rules (but for the lines that triggers stand on). One line
     * is a key or a trigger; paths in the file's folder are relative to it.
     */
    public String print() {
        var yaml = new YamlWriter(file.getParent());
        SCHEMA.print(yaml, this);
        return yaml.toString();
    }

    /** Every key that has a value, and what it is by default. */
    public List<ChangedSettings.Setting> settings() {
        return ChangedSettings.all(SCHEMA, this, file);
    }

    /** The keys in which these rules differ from those before them. */
    public List<ChangedSettings.Change> changesSince(Rules before) {
        return before.equals(this)
                ? List.of()
                : ChangedSettings.between(SCHEMA, before, this, file.getParent());
    }

    /** The same, with the EDR files of every stream in one folder. */
    public Rules withEdrsIn(Path folder) {
        return new Rules(
                file,
                timeZone,
                process,
                inboundNotify,
                script,
                texts,
                dialogs,
                edr.in(folder),
                network,
                control,
                admin,
                log,
                modules);
    }

    /** The same, with these services. */
    public Rules with(ProcessSettings dialled, @Nullable NotifySettings pushed) {
        return new Rules(
                file, timeZone, dialled, pushed, script, texts, dialogs, edr, network, control,
                admin, log, modules);
    }

    /** The same, but for a network in memory instead of what they name. */
    public Rules inMemory() {
        return on(Network.inMemory(network.ssns(), network.limits()));
    }

    /** The same, on another network. */
    public Rules on(Network other) {
        return new Rules(
                file,
                timeZone,
                process,
                inboundNotify,
                script,
                texts,
                dialogs,
                edr,
                other,
                control,
                admin,
                log,
                modules);
    }

    /**
     * Where dialogs come from: the section {@code network}. It names one network; without any, it
     * is the embedded one.
     *
     * @param embedded two stacks in memory; null: it is another network
     * @param sigtran a real signalling network; null: it is another network
     * @param limits of the layers of either
     */
    @Settings(value = "Where dialogs come from: either embedded or sigtran.", restart = true)
    public record Network(
            @Key(
                            value =
                                    "Real TCAP and MAP in memory, without SS7 links: for development, tests and demonstrations.",
                            unsetIs = "used where sigtran is left out")
                    @Nullable EmbeddedSettings embedded,
            @Key(
                            value =
                                    "A real signalling network, instead of embedded. engine/docs/operations.md explains step by step how to connect, and engine/docs/sigtran-rules.yaml is a complete file to begin with.",
                            unsetIs = "not used")
                    @Nullable SigtranSettings sigtran,
            SignallingLimits limits)
            implements Checked {
        public Network {
            if (sigtran == null && embedded == null) {
                embedded = EmbeddedSettings.DEFAULT;
            }
        }

        /** Two stacks in memory. */
        public static Network inMemory(List<Integer> ssns, SignallingLimits limits) {
            return new Network(new EmbeddedSettings(ssns), null, limits);
        }

        /** The subsystems of the engine's. */
        public List<Integer> ssns() {
            return sigtran == null ? requireNonNull(embedded).ssns() : sigtran.ssns();
        }

        @Override
        public void check(Section network) {
            if (sigtran != null && embedded != null) {
                network.refuse(
                        "sigtran", "there can be only one network: remove this one, or embedded");
            }
        }
    }
}
