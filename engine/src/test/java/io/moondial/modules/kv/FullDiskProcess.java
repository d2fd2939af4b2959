package io.moondial.modules.kv;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.KvKey;
import io.moondial.modules.kv.KvStore.Request;
import io.moondial.script.lua.LuaString;
import io.moondial.time.SystemTime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A process with a small disk of its own, a tmpfs in its mount namespace, which it fills and
 * empties while it uses a store there. It says what comes of that.
 */
final class FullDiskProcess {
    private static final String UP = "up";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int MORE_THAN_FIT = 200;

    private FullDiskProcess() {}

    /**
     * Runs it; where the system does not permit such a disk, the test is skipped, which says so.
     *
     * @return what it said, line by line
     */
    static List<String> run(Path folder, String size, String when) throws Exception {
        Process process =
                new ProcessBuilder(
                                "unshare",
                                "-rm",
                                "sh",
                                "-c",
                                "mount -t tmpfs -o size="
                                        + size
                                        + " tmpfs \"$1\" && shift && exec \"$@\"",
                                "sh",
                                folder.toString(),
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                FullDiskProcess.class.getName(),
                                folder.toString(),
                                when)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            assumeThat(output.readLine()).as("a tmpfs in a namespace of its own").isEqualTo(UP);
            return output.lines().filter(it -> it.contains(": ")).toList();
        } finally {
            process.destroyForcibly();
        }
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println(UP);
        Path folder = Path.of(arguments[0]);
        Path filler = folder.resolve("filler");
        try (SqliteStore store =
                new SqliteStore(
                        WritingProcess.settings(folder.resolve("kv.db")), SystemTime.ofProcess())) {
            if (arguments[1].equals("later")) {
                say("kept", ask(store, set("k", "kept")));
                fill(filler);
                Answer answer = Answer.Done.YES;
                for (int i = 0; i < MORE_THAN_FIT && answer.equals(Answer.Done.YES); i++) {
                    answer = ask(store, set("" + i, "x".repeat(60_000)));
                }
                say("full", answer);
                say("what is there", get(store));
            } else {
                fill(filler);
                say("full", ask(store, set("k", "x")));
            }
            say("state", store.condition().state());
            Files.delete(filler);
            long end = System.nanoTime() + PATIENCE.toNanos();
            Answer answer;
            do {
                LockSupport.parkNanos(PAUSE.toNanos());
                answer = ask(store, set("k", "again"));
            } while (!answer.equals(Answer.Done.YES) && System.nanoTime() < end);
            say("room again", answer);
            say("what is there", get(store));
            say("state", store.condition().state());
        }
    }

    private static void say(String what, Object answer) {
        System.out.println(what + ": " + answer);
    }

    private static KvKey key(String name) {
        return new KvKey("b", LuaString.of(name));
    }

    private static Request set(String name, String value) {
        return new Request.Set(key(name), LuaString.of(value), 0);
    }

    private static Answer get(KvStore store) {
        return ask(store, new Request.Get(key("k")));
    }

    private static Answer ask(KvStore store, Request request) {
        return store.ask(request).join();
    }

    private static void fill(Path file) throws IOException {
        byte[] octets = new byte[4096];
        try (RandomAccessFile filler = new RandomAccessFile(file.toFile(), "rw")) {
            while (true) {
                filler.write(octets);
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left on device")) {
                throw e;
            }
        }
    }
}
