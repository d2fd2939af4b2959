package io.moondial.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command as a process of its own, which logs as the shipped one does. */
public final class UssdProcess {
    private UssdProcess() {}

    public static Process start(String... arguments) throws IOException {
        return start(List.of(), arguments);
    }

    /** The same, with further settings of Java. */
    public static Process start(List<String> settings, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--sun-misc-unsafe-memory-access=allow");
        // it ends before the second compiler would help, which costs as much as all else of a start
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(settings);
        command.add("-Dlogback.configurationFile=logback.xml");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("io.moondial.Main");
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).start();
    }
}
