package io.moondial.cli.migration;

import io.moondial.ConfigurationException;
import io.moondial.cli.migration.DraftRules.Section;
import io.moondial.problem.Problem;
import io.moondial.text.LogText;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration of N2SVCD says of USSD services, as rules: by what its public pages tell
 * of it. All else is left out, each element with a word on what to write instead.
 */
final class N2svcdConfiguration {
    /** The folder of the scripts, beside the rules. */
    static final String SCRIPTS = "scripts";

    private static final String PROCESS = "SigtranApp::ProcessUssdLuaService";
    private static final String NOTIFY = "SigtranApp::UssdNotifyLuaService";
    private static final Pattern SCRIPT_KEY = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern AGENT =
            Pattern.compile("(default_)?(?!edr_)\\w+_app_name(_\\w+)?");
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,15}(\\.\\d{1,9})?");
    private static final Set<String> TRUE = Set.of("1", "y", "yes", "on", "t", "true");
    private static final Set<String> FALSE = Set.of("0", "n", "no", "off", "f", "false");
    private static final Set<String> TYPES =
            Set.of("array", "boolean", "integer", "string", "table");
    private static final int MOST_DIGITS = 15;

    /** Elements of which one attribute may be left out. */
    private static final Set<String> WITH_MORE = Set.of("application", "n2svcd", "service");

    /**
     * Where the engine answers unless the rules say otherwise: what dials it looks for it there.
     */
    private static final List<Integer> USUAL_SUBSYSTEMS = List.of(6, 147);

    private static final Set<String> CONDITIONS =
            Set.of("dest_ssn", "destination", "ussd_string_prefix");

    private static final Map<String, String> OF_ROOT =
            Map.of(
                    "snmp", "alarms are alerts of Prometheus: engine/docs/metrics.md",
                    "statsd", "counters are metrics for Prometheus: engine/docs/metrics.md",
                    "syslog",
                            "log lines go to the standard error; write log: {file: FILE} for a file",
                    "virtuals",
                            "the STP shares the load between engines: engine/docs/operations.md");

    private static final Map<String, String> APPLICATIONS =
            Map.of(
                    "DBApp",
                            "write sql: {databases: {NAME: {url: \"jdbc:...\", user: USER, password: {file: FILE}}}}",
                    "ManageApp",
                            "the console and its interface are admin: {listen: \"HOST:PORT\", users: FILE}: engine/docs/admin.md",
                    "RestServerApp", "no HTTP request starts a script",
                    "TesterApp", "dialog tests do it: engine/docs/dialog-grammar.md",
                    "WatchdogApp", "systemd starts the engine again: engine/docs/operations.md");

    private static final Map<String, String> AGENTS =
            Map.of(
                    "DBApp::DBLuaAgent", "scripts call sql",
                    "EdrApp::EdrFileLuaAgent",
                            "dialog tests check records: engine/docs/dialog-grammar.md",
                    "RestClientApp::RestLuaAgent", "scripts call http",
                    "SigtranApp::MapLuaAgent", "scripts send no MAP of their own",
                    "SigtranApp::TcapLuaAgent", "scripts send no TCAP of their own",
                    "SigtranApp::UssdNotifyLuaAgent",
                            "ussd.notify shows a text within a dialog; there is none outside of one");

    private static final Map<String, String> OF_LOGIC =
            Map.of(
                    "default_lua_lib_path", "copy the modules into scripts/lib",
                    "edr_directory", "the folder of the records is that of the EdrApp",
                    "lua_lib_path", "copy the modules into scripts/lib");

    private static final Map<String, String> OF_SERVICE =
            Map.of(
                    "cc_free_per_script", "nothing has to be kept free for a script",
                    "libs", "there is no plug-in to load",
                    "success_message", "the script itself returns the last text",
                    "timeout_message",
                            "the script itself returns a text when menu has the reason \"Timeout\"");

    private final Path file;
    private final XmlElement root;
    private final DraftRules rules = new DraftRules();
    private final Notes notes;
    private final N2svcdLinks links;
    private final N2svcdRecords records;

    /** Which folder the script of each key comes from. */
    private final Map<String, String> scripts = new HashMap<>();

    /** The script of each trigger. */
    private final Map<XmlElement, String> triggers = new HashMap<>();

    private final Set<XmlElement> services = new HashSet<>();
    private final SortedSet<Integer> subsystems = new TreeSet<>();

    private N2svcdConfiguration(Path file, XmlElement root) {
        this.file = file;
        this.root = root;
        this.notes = new Notes(file);
        // in the order of the rules file
        List.of("process", "notify", "script", "edr", "network").forEach(rules::section);
        this.links = new N2svcdLinks(notes);
        this.records = new N2svcdRecords(rules.section("edr"), notes);
    }

    /**
     * What comes of a configuration.
     *
     * @param rules the text of the rules file
     * @param scripts the keys of the scripts that it names
     * @param folders where N2SVCD has them
     * @param notes what was left out, by its place
     */
    record Imported(
            String rules,
            SortedSet<String> scripts,
            SortedSet<String> folders,
            List<Problem> notes) {
        Imported {
            notes = List.copyOf(notes);
        }
    }

    /**
     * Reads a file.
     *
     * @throws ConfigurationException if it is no configuration of N2SVCD, or has no USSD service
     */
    static Imported read(Path file) throws ConfigurationException, IOException {
        XmlElement root = XmlElement.read(file);
        if (!root.name().equals("n2svcd")) {
            throw new ConfigurationException(
                    List.of(
                            new Problem(
                                    file,
                                    root.line(),
                                    root.column(),
                                    "this is no configuration of N2SVCD: its first element is <"
                                            + LogText.of(root.name())
                                            + ">, not <n2svcd>",
                                    Problem.Severity.SECRET)));
        }
        return new N2svcdConfiguration(file, root).read();
    }

    private Imported read() throws ConfigurationException, IOException {
        root.attributes()
                .keySet()
                .forEach(it -> notes.leftOut(root, it, "an engine is one process"));
        for (XmlElement part : root.children()) {
            if (part.name().equals("applications")) {
                notes.elementsOf(part).forEach(this::application);
            } else {
                notes.leftOut(part, OF_ROOT.getOrDefault(part.name(), Notes.UNKNOWN));
            }
        }
        if (services.isEmpty()) {
            throw new ConfigurationException(
                    List.of(
                            new Problem(
                                    file,
                                    0,
                                    0,
                                    "there is no USSD service in it: no <service module=\"%s\"> and no <service module=\"%s\">"
                                            .formatted(PROCESS, NOTIFY))));
        }
        Set<Integer> dialled = new TreeSet<>(subsystems);
        if (!subsystems.isEmpty()) {
            subsystems.addAll(USUAL_SUBSYSTEMS);
            rules.section("network")
                    .section("embedded")
                    .entry("ssns", List.copyOf(subsystems), root);
        }
        rules.takeOutWhatIsRefused(
                scripts.keySet(),
                (from, key, message) -> {
                    triggers.remove(from);
                    String why = "the rules refuse it: " + message;
                    if (WITH_MORE.contains(from.name())) {
                        notes.leftOut(from, key, why);
                    } else {
                        notes.leftOut(from, why);
                    }
                });
        SortedSet<String> keys = new TreeSet<>(triggers.values());
        SortedSet<String> folders = new TreeSet<>();
        keys.forEach(it -> folders.add(LogText.of(scripts.getOrDefault(it, ""))));
        folders.remove("");
        List<Problem> leftOut = notes.inFileOrder();
        return new Imported(text(folders, leftOut, dialled), keys, folders, leftOut);
    }

    // ---- applications

    private void application(XmlElement application) {
        String module = Objects.requireNonNullElse(application.attribute("module"), "");
        switch (module) {
            case "LogicApp" -> logic(application);
            case "EdrApp" -> {
                notes.beside(application, Set.of("name", "module"), Set.of("parameters", "config"));
                records.read(application);
            }
            case "SigtranApp" -> {
                notes.beside(application, Set.of("name", "module"), Set.of("parameters", "config"));
                links.read(application);
            }
            case "RestClientApp" -> notes.leftOut(application, N2svcdLinks.upstream(application));
            default -> notes.leftOut(application, APPLICATIONS.getOrDefault(module, Notes.UNKNOWN));
        }
    }

    private void logic(XmlElement application) {
        notes.beside(application, Set.of("name", "module"), Set.of("parameters", "config"));
        Map<String, XmlElement> parameters = parameters(application, notes);
        XmlElement folder = parameters.remove("lua_script_dir");
        XmlElement stream = parameters.remove("default_edr_stream_key");
        int before = services.size();
        for (XmlElement config : application.children("config").toList()) {
            notes.beside(config, Set.of(), Set.of("services", "agents"));
            for (XmlElement list : config.children("services").toList()) {
                for (XmlElement service : notes.elementsOf(list)) {
                    service(service, folder == null ? "" : valueOf(folder), stream);
                }
            }
            for (XmlElement list : config.children("agents").toList()) {
                for (XmlElement agent : notes.elementsOf(list)) {
                    notes.leftOut(
                            agent,
                            AGENTS.getOrDefault(
                                    Objects.requireNonNullElse(agent.attribute("module"), ""),
                                    "a script speaks USSD, and calls http, sql and kv"));
                }
            }
        }
        String name = application.attribute("name");
        if (services.size() > before && name != null && !rules.section("edr").has("app_name")) {
            rules.section("edr").entry("app_name", name, application);
        }
        parameters.forEach(this::ofLogic);
    }

    private void ofLogic(String name, XmlElement parameter) {
        switch (name) {
            case "lua_script_check_secs" -> {
                if (!rules.section("script").has("reload_interval")) {
                    rules.section("script")
                            .entry("reload_interval", seconds(valueOf(parameter)), parameter);
                } else {
                    notes.leftOut(parameter, "another LogicApp has given one");
                }
            }
            case "edr_enabled" -> {
                if (!TRUE.contains(valueOf(parameter).toLowerCase(Locale.ROOT))) {
                    notes.leftOut(parameter, "records are always written");
                }
            }
            default -> {
                if (OF_LOGIC.containsKey(name)) {
                    notes.leftOut(parameter, OF_LOGIC.get(name));
                } else if (AGENT.matcher(name).matches()) {
                    notes.leftOut(
                            parameter, "a script names the upstream or the database that it calls");
                } else {
                    notes.unused(name, parameter);
                }
            }
        }
    }

    /** By name. */
    static Map<String, XmlElement> parameters(XmlElement application, Notes notes) {
        Map<String, XmlElement> byName = new LinkedHashMap<>();
        for (XmlElement list : application.children("parameters").toList()) {
            for (XmlElement parameter : notes.elementsOf(list)) {
                notes.beside(parameter, Set.of("name", "value"), Set.of());
                String name =
                        Objects.requireNonNullElse(parameter.attribute("name"), parameter.name());
                XmlElement before = byName.put(name, parameter);
                if (before != null) {
                    notes.leftOut(before, "another one of this name follows");
                }
            }
        }
        return byName;
    }

    static String valueOf(XmlElement parameter) {
        return Objects.requireNonNullElseGet(parameter.attribute("value"), parameter::text).strip();
    }

    // ---- services

    private void service(XmlElement service, String folder, @Nullable XmlElement stream) {
        switch (Objects.requireNonNullElse(service.attribute("module"), "")) {
            case PROCESS -> new UssdService(service, "process", stream).read(folder);
            case NOTIFY -> new UssdService(service, "notify", stream).read(folder);
            default ->
                    notes.leftOut(
                            service, "only what is dialled or pushed over USSD starts a script");
        }
    }

    /** A service in the reading. A second one of a kind adds its triggers to those of the first. */
    private final class UssdService {
        private final XmlElement service;
        private final boolean isProcess;
        private final Section section;
        private final boolean isFirst;
        private final @Nullable XmlElement stream;
        private String folder = "";
        private @Nullable Object menuTimeout;

        UssdService(XmlElement service, String key, @Nullable XmlElement stream) {
            this.service = service;
            this.isProcess = key.equals("process");
            this.section = rules.section(key);
            this.isFirst =
                    services.stream()
                            .noneMatch(
                                    it ->
                                            Objects.equals(
                                                    it.attribute("module"),
                                                    service.attribute("module")));
            this.stream = stream;
            services.add(service);
        }

        void read(String logicFolder) {
            String own = value("script_dir");
            String below = value("script_subdir");
            folder = own != null ? own : below == null ? logicFolder : logicFolder + "/" + below;
            service.attributes().forEach((name, text) -> setting(name, text, service, false));
            for (XmlElement child : service.children()) {
                if (child.name().equals("globals")) {
                    notes.elementsOf(child).forEach(this::global);
                } else if (!child.name().equals("triggers")) {
                    setting(child.name(), child.text(), child, true);
                }
            }
            if (isFirst && stream != null && !section.has("edr_stream")) {
                section.entry("edr_stream", valueOf(stream), stream);
            }
            service.children("triggers")
                    .flatMap(it -> notes.elementsOf(it).stream())
                    .forEach(this::trigger);
        }

        private @Nullable String value(String name) {
            String attribute = service.attribute(name);
            return attribute != null
                    ? attribute
                    : service.child(name).map(XmlElement::text).orElse(null);
        }

        private void setting(String name, String text, XmlElement at, boolean isElement) {
            switch (name) {
                case "module", "script_dir", "script_subdir" -> {}
                case "menu_timeout" -> {
                    if (!isProcess) {
                        leaveOut(name, at, isElement, "no menu is shown after an inbound notify");
                    } else if (isFirst) {
                        section.entry(name, seconds(text), at);
                    } else {
                        menuTimeout = seconds(text);
                    }
                }
                case "error_message" -> only(name, text, at, isElement);
                case "dcs_language" -> only(name, number(text), at, isElement);
                case "edr_stream_key" -> {
                    if (isFirst) {
                        section.entry("edr_stream", text, at);
                    } else {
                        leaveOut(name, at, isElement, SECOND);
                    }
                }
                default ->
                        leaveOut(name, at, isElement, OF_SERVICE.getOrDefault(name, Notes.UNKNOWN));
            }
        }

        private static final String SECOND =
                "the rules have one service of this kind: its triggers are added to those of the first, whose settings hold";

        private void only(String name, Object value, XmlElement at, boolean isElement) {
            if (isProcess && isFirst) {
                section.entry(name, value, at);
            } else {
                leaveOut(
                        name,
                        at,
                        isElement,
                        isProcess ? SECOND : "no text answers an inbound notify");
            }
        }

        private void leaveOut(String name, XmlElement at, boolean isElement, String why) {
            if (isElement) {
                notes.leftOut(at, why);
            } else {
                notes.leftOut(at, name, why);
            }
        }

        private void trigger(XmlElement trigger) {
            if (!trigger.name().equals("trigger")) {
                notes.leftOut(trigger, Notes.UNKNOWN);
                return;
            }
            trigger.children().forEach(it -> notes.leftOut(it, Notes.UNKNOWN));
            Map<String, Object> item = new LinkedHashMap<>();
            String key = trigger.attribute("script_key");
            String script = key == null ? trigger.attribute("script_name") : key;
            for (var attribute : trigger.attributes().entrySet()) {
                String name = attribute.getKey();
                if (CONDITIONS.contains(name)) {
                    item.put(
                            name,
                            name.equals("dest_ssn")
                                    ? number(attribute.getValue())
                                    : attribute.getValue());
                } else if (!name.equals("script_key") && !name.equals("script_name")) {
                    notes.leftOut(
                            trigger,
                            "it has the condition "
                                    + name
                                    + ", which the public pages do not tell; without it the trigger would match more. rules.yaml lists the conditions that there are");
                    return;
                }
            }
            if (script == null || !SCRIPT_KEY.matcher(script).matches()) {
                notes.leftOut(
                        trigger,
                        script == null
                                ? "it names no script"
                                : "the name of its script has other characters than letters, digits, _ and -, or more than 64: rename the script");
                return;
            }
            String before = scripts.putIfAbsent(script, folder);
            if (before != null && !before.equals(folder)) {
                notes.leftOut(
                        trigger,
                        "another service has a script of the same name in another folder: rename one of them");
                return;
            }
            item.put("script_key", script);
            triggers.put(trigger, script);
            if (menuTimeout != null) {
                item.put("menu_timeout", menuTimeout);
            }
            if (item.get("dest_ssn") instanceof Long ssn && ssn >= 1 && ssn <= 254) {
                subsystems.add(ssn.intValue());
            }
            section.section("triggers").item(item, trigger);
        }

        private void global(XmlElement global) {
            String name = global.attribute("name");
            if (name == null) {
                notes.leftOut(global, "it has no name");
            } else if (section.section("globals").has(name)) {
                notes.leftOut(global, "there is another one of this name");
            } else {
                String wrong = wrongIn(global);
                if (wrong == null) {
                    section.section("globals").entry(name, globalValue(global), global);
                } else {
                    notes.leftOut(global, wrong);
                }
            }
        }
    }

    /** Why a global has no value; null: it has one. */
    private @Nullable String wrongIn(XmlElement global) {
        String type = typeOf(global);
        String text = valueOf(global).toLowerCase(Locale.ROOT);
        if (!TYPES.contains(type)) {
            return "its type is none of array, boolean, integer, string and table";
        }
        if (type.equals("integer") && !(number(text) instanceof Long)) {
            return "it is no whole number";
        }
        if (type.equals("boolean") && !TRUE.contains(text) && !FALSE.contains(text)) {
            return "it is neither true nor false";
        }
        notes.beside(global, Set.of("name", "type", "value"));
        Set<String> names = new HashSet<>();
        for (XmlElement child : global.children()) {
            if (!type.equals("array") && !names.add(nameOf(child))) {
                return "two values in it have the same name";
            }
            String wrong = wrongIn(child);
            if (wrong != null) {
                return "a value in it is left out: " + wrong;
            }
        }
        return null;
    }

    private static String typeOf(XmlElement global) {
        return Objects.requireNonNullElse(
                global.attribute("type"), global.children().isEmpty() ? "string" : "table");
    }

    private static String nameOf(XmlElement value) {
        return Objects.requireNonNullElse(value.attribute("name"), value.name());
    }

    /** A text, a number, true or false, a list, or a table of what is in it. */
    private static Object globalValue(XmlElement global) {
        String text = valueOf(global);
        return switch (typeOf(global)) {
            case "array" ->
                    global.children().stream().map(N2svcdConfiguration::globalValue).toList();
            case "boolean" -> TRUE.contains(text.toLowerCase(Locale.ROOT));
            case "integer" -> number(text);
            case "table" -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                global.children().forEach(it -> fields.put(nameOf(it), globalValue(it)));
                yield fields;
            }
            default -> text;
        };
    }

    // ---- values: what is none goes to the rules as it is, which refuse it in words

    static Object number(String text) {
        String digits = text.strip();
        return NUMBER.matcher(digits).matches() && digits.indexOf('.') < 0
                ? (Object) Long.valueOf(digits)
                : digits;
    }

    static Object seconds(String text) {
        String digits = text.strip();
        return NUMBER.matcher(digits).matches() && digits.length() <= MOST_DIGITS
                ? (Object) Duration.ofMillis(new BigDecimal(digits).movePointRight(3).longValue())
                : digits;
    }

    // ---- the file

    private String text(SortedSet<String> folders, List<Problem> leftOut, Set<Integer> dialled) {
        StringBuilder text = new StringBuilder();
        text.append("# Made by ussd import from ")
                .append(LogText.of(String.valueOf(file.getFileName())))
                .append(".\n");
        for (String folder : folders) {
            text.append("# Copy the scripts of ")
                    .append(folder)
                    .append(" into scripts, and the modules that they require into scripts/lib.\n");
        }
        if (!leftOut.isEmpty()) {
            text.append("#\n# By the line there:\n");
            for (Problem note : leftOut) {
                text.append("#   %d: %s\n".formatted(note.line(), note.message()));
            }
        }
        return text.append('\n').append(rules.text()).append(links.comment(dialled)).toString();
    }
}
