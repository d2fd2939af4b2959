package io.moondial.push;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * One run of an engine, as the others on its store see it: who it is, for people, and whether it is
 * over for certain. That can be told only on the machine it ran on, from what Linux says of
 * processes; anywhere else nobody is over for certain.
 *
 * @param run no other run has it
 * @param host the name of its machine
 * @param pid of its process
 * @param boot of its machine, in the words of Linux (random(4), {@code boot_id}); null: this and
 *     what follows is not known
 * @param namespace in which {@code pid} is one (pid_namespaces(7))
 * @param started when its process was, in clock ticks since the boot (proc_pid_stat(5), field 22)
 */
record EngineRun(
        String run,
        String host,
        long pid,
        @Nullable String boot,
        @Nullable String namespace,
        @Nullable String started) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Path PROC = Path.of("/proc");
    private static final Path MOUNTS = PROC.resolve("self/mounts");

    /** The fields of {@code stat} behind the name, which is in brackets: it begins with the 3rd. */
    private static final int STARTED = 22 - 3;

    /** One of which nothing is known. */
    static final EngineRun UNKNOWN = new EngineRun("", "", 0, null, null, null);

    /** A run of this process. It may look for the name of the machine for a while. */
    static EngineRun begin() {
        String run = UUID.randomUUID().toString();
        long pid = ProcessHandle.current().pid();
        try {
            String started = startedHere("self");
            if (started.equals(startedHere(Long.toString(pid)))) {
                return new EngineRun(run, hostName(), pid, bootHere(), namespaceHere(), started);
            }
        } catch (IOException e) {
            // this system does not say it: others wait until the lease is over
        }
        return new EngineRun(run, hostName(), pid, null, null, null);
    }

    private static String bootHere() throws IOException {
        return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
    }

    private static String namespaceHere() throws IOException {
        return Files.readSymbolicLink(PROC.resolve("self/ns/pid")).toString();
    }

    private static String startedHere(String process) throws IOException {
        String stat = Files.readString(PROC.resolve(process).resolve("stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", STARTED + 2)[STARTED];
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown"; // a machine without a name in its own hosts file
        }
    }

    /** Whether its process is no more. False: it runs, or nobody can tell here. */
    boolean isOver() {
        try {
            if (boot == null
                    || !boot.equals(bootHere())
                    || !namespaceHere().equals(namespace)
                    || !isAllSeen()) {
                return false;
            }
        } catch (IOException e) {
            return false;
        }
        try {
            return !startedHere(Long.toString(pid)).equals(started);
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            return false; // it ends just now, say
        }
    }

    /** Whether this process sees those of other users too (proc(5), {@code hidepid}). */
    private static boolean isAllSeen() throws IOException {
        List<String> mounted =
                Files.readAllLines(MOUNTS).stream()
                        .filter(it -> it.split(" ", 3)[1].equals(PROC.toString()))
                        .toList();
        return !mounted.isEmpty() && mounted.stream().noneMatch(it -> it.contains("hidepid"));
    }

    /** Another one of the same process. */
    EngineRun another() {
        return new EngineRun(UUID.randomUUID().toString(), host, pid, boot, namespace, started);
    }

    /** For people. */
    String words() {
        return pid == 0
                ? "one that this build cannot read"
                : "process %d on %s".formatted(pid, host);
    }

    /** As a store has it: a JSON object. */
    String text() {
        return JSON.writeValueAsString(this);
    }

    /** Empty: it is nothing that {@link #text} has written. */
    static Optional<EngineRun> read(String text) {
        try {
            return Optional.ofNullable(JSON.readValue(text, EngineRun.class));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
