package io.moondial.cli;

import io.moondial.Build;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Spec;

/** {@code ussd man}: what {@code --help} says of all verbs, as one page for {@code man}. */
@Command(
        name = "man",
        mixinStandardHelpOptions = true,
        description = {"Prints the manual page ussd(1).", "To read it: ussd man | man -l -"})
final class ManCommand implements Runnable {
    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    ManCommand() {}

    @Override
    public void run() {
        CommandLine whole = spec.root().commandLine();
        PrintWriter out = spec.commandLine().getOut();
        page(whole).forEach(it -> out.print(it + "\n"));
        out.flush();
    }

    private static List<String> page(CommandLine whole) {
        CommandSpec command = whole.getCommandSpec();
        String[] footer = command.usageMessage().footer();
        return Stream.of(
                        Stream.of(
                                ".TH USSD 1 \"\" \"Moondial " + text(Build.version()) + "\"",
                                ".SH NAME",
                                "ussd \\- "
                                        + text(words(command.usageMessage().description()))
                                                .replaceFirst("^Moondial, ", "")
                                                .replaceFirst("\\.$", ""),
                                ".SH SYNOPSIS",
                                ".B ussd",
                                ".I VERB",
                                "[options] [arguments]",
                                ".SH DESCRIPTION",
                                "A menu is a short Lua script, and a rule says which service code it"
                                        + " answers. Moondial speaks MAP over TCAP to a mobile"
                                        + " network, runs one script for each dialog, and writes an"
                                        + " Event Data Record for everything that happens.",
                                ".SH VERBS"),
                        verbs(whole).flatMap(ManCommand::verb),
                        Stream.of(".SH NOTES"),
                        Stream.of(footer).map(it -> it.isEmpty() ? ".PP" : line(it)),
                        Stream.of(
                                ".SH ENVIRONMENT",
                                ".TP",
                                ".B USSD_JAVA_OPTIONS",
                                "Further settings of Java, such as \\-Xmx4g.",
                                ".SH FILES",
                                ".TP",
                                ".I rules.yaml",
                                "The rules, in the current folder. If there are none, those of the"
                                        + " installation, such as /etc/moondial/rules.yaml.",
                                ".SH SEE ALSO",
                                "The documents of the installation, above all"
                                        + " engine/docs/operations.md."))
                .flatMap(it -> it)
                .toList();
    }

    /** All that are shown, each before its own. */
    private static Stream<CommandSpec> verbs(CommandLine of) {
        return of.getSubcommands().values().stream()
                .filter(it -> !it.getCommandSpec().usageMessage().hidden())
                .flatMap(it -> Stream.concat(Stream.of(it.getCommandSpec()), verbs(it)));
    }

    private static Stream<String> verb(CommandSpec verb) {
        String synopsis = new Help(verb, Help.Ansi.OFF).synopsis(0).strip().replaceAll("\\s+", " ");
        return Stream.of(
                        Stream.of(
                                ".SS " + text(verb.qualifiedName(" ")),
                                ".B " + text(synopsis),
                                ".PP",
                                line(words(verb.usageMessage().description()))),
                        verb.positionalParameters().stream()
                                .filter(it -> !it.hidden())
                                .flatMap(ManCommand::parameter),
                        verb.options().stream()
                                .filter(it -> !it.hidden() && !it.usageHelp() && !it.versionHelp())
                                .flatMap(ManCommand::option))
                .flatMap(it -> it);
    }

    private static Stream<String> parameter(PositionalParamSpec it) {
        return explained("\\fI" + text(it.paramLabel()) + "\\fR", it);
    }

    private static Stream<String> option(OptionSpec it) {
        String value = it.arity().max() == 0 ? "" : "=\\fI" + text(it.paramLabel()) + "\\fR";
        return explained(
                Stream.of(it.names())
                        .map(name -> "\\fB" + text(name) + "\\fR" + value)
                        .collect(Collectors.joining(", ")),
                it);
    }

    private static Stream<String> explained(String term, ArgSpec it) {
        return Stream.of(".TP", term, line(words(it.description())));
    }

    private static String words(String... lines) {
        return String.join(" ", lines).strip();
    }

    /** A line of text: none that roff takes for a request. */
    private static String line(String text) {
        return "\\&" + text(text);
    }

    private static String text(String text) {
        return text.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("'", "\\(aq")
                .replace("%n", " ");
    }
}
