package io.moondial.cli.editor;

import io.moondial.Build;
import io.moondial.ConfigurationException;
import io.moondial.Rules;
import io.moondial.cli.ExitCode;
import io.moondial.cli.editor.LuaDefinitions.Resource;
import io.moondial.modules.BuiltInModules;
import io.moondial.rules.NotifySettings;
import io.moondial.script.api.ApiModule;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ussd editor}. */
@Command(
        name = "editor",
        mixinStandardHelpOptions = true,
        description = {
            "Writes what editors need to know of scripts, rules and dialog tests into a folder.",
            "The folder is that of a service. It gets definitions for lua-language-server (.luarc.json, .moondial/lua), names for luacheck (.luacheckrc), a JSON schema for rules.yaml (.moondial/rules.schema.json), and an extension for VS Code (.vscode/extensions/moondial) with colours and snippets for .dialog files. The globals of rules.yaml are among the names. Call it again after an upgrade, or if these globals have changed. Settings of your own stay as they are."
        })
public final class EditorCommand implements Callable<Integer> {
    /** What a file begins with that is made anew each time; its first line says so. */
    private static final String MARK = "-- Made by";

    private static final String OWN = ".moondial";
    private static final String EXTENSION = ".vscode/extensions/moondial/";
    private static final Pattern VERSION = Pattern.compile("[0-9]+\\.[0-9]+\\.[0-9]+");

    private static final List<String> OF_EXTENSION =
            List.of(
                    "package.json",
                    "language-configuration.json",
                    "syntaxes/dialog.tmLanguage.json",
                    "snippets/dialog.json",
                    "snippets/lua.json");

    @Parameters(
            index = "0",
            paramLabel = "DIR",
            description = "The folder of the service: the one of its rules.yaml.")
    private Path folder;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    EditorCommand() {}

    @Override
    public Integer call() throws IOException, ConfigurationException {
        if (!Files.isDirectory(folder)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "there is no folder %s: name the one of a rules.yaml".formatted(folder));
        }
        List<ApiModule> modules = BuiltInModules.create();
        var definitions = new LuaDefinitions(modules, ruleGlobals());
        writeDefinitions(definitions.files());
        write(OWN + "/rules.schema.json", RulesJsonSchema.of(modules));
        for (String name : OF_EXTENSION) {
            write(
                    EXTENSION + name,
                    Resource.text("vscode/" + name).replace("{version}", version()));
        }
        writeUnlessChanged(".luacheckrc", definitions.luacheck());
        writeUnlessChanged(".luarc.json", Resource.text("luarc.json"));
        writeUnlessChanged(".vscode/settings.json", Resource.text("settings.json"));
        if (!Files.exists(rules())) {
            PrintWriter err = spec.commandLine().getErr();
            err.printf(
                    "ussd: there is no rules.yaml in %s: the globals of rules are not among the names. If the rules are elsewhere, name their folder%n",
                    folder);
            err.flush();
        }
        out().println();
        out().println("How editors use them: engine/docs/editor.md");
        out().flush();
        return ExitCode.GOOD;
    }

    private Path rules() {
        return folder.resolve("rules.yaml");
    }

    /** The names that the rules give scripts; none if there are no rules yet. */
    private Map<String, Object> ruleGlobals() throws ConfigurationException {
        Path file = rules();
        Map<String, Object> globals = new TreeMap<>();
        if (Files.exists(file)) {
            Rules rules = Rules.read(file);
            NotifySettings inbound = rules.inboundNotify();
            if (inbound != null) {
                globals.putAll(inbound.globals());
            }
            globals.putAll(rules.process().globals());
        }
        return globals;
    }

    /** Of a module that is gone, no definitions are left. */
    private void writeDefinitions(Map<String, String> files) throws IOException {
        Path definitions = Files.createDirectories(folder.resolve(OWN).resolve("lua"));
        try (DirectoryStream<Path> present = Files.newDirectoryStream(definitions, "*.lua")) {
            for (Path file : present) {
                if (!files.containsKey(String.valueOf(file.getFileName()))) {
                    Files.delete(file);
                }
            }
        }
        for (var file : files.entrySet()) {
            write(OWN + "/lua/" + file.getKey(), file.getValue());
        }
    }

    private void write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, content);
        out().println("made " + file);
    }

    /** What somebody has changed stays, and what it needs is written beside the definitions. */
    private void writeUnlessChanged(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        String present = Files.exists(file) ? Files.readString(file) : content;
        boolean ours = content.startsWith(MARK) && present.startsWith(firstLine(content));
        if (ours || present.equals(content)) {
            write(name, content);
            return;
        }
        String beside =
                OWN + "/" + name.substring(name.lastIndexOf('/') + 1).replaceFirst("^\\.", "");
        write(beside, content);
        PrintWriter err = spec.commandLine().getErr();
        err.printf(
                "ussd: %s is there already and stays as it is: add what %s has%n",
                file, folder.resolve(beside));
        err.flush();
    }

    private static String firstLine(String content) {
        return content.substring(0, content.indexOf('\n'));
    }

    /** VS Code takes three numbers only. */
    private static String version() {
        Matcher version = VERSION.matcher(Build.version());
        return version.find() ? version.group() : "0.0.0";
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
