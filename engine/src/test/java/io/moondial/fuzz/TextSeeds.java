package io.moondial.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a search in files of text begins with: the project's own ones, in pieces. */
final class TextSeeds {
    private static final int MOST = 3_000;

    private TextSeeds() {}

    static List<byte[]> of(Targets target, Path root) throws IOException {
        Path resources = root.resolve("engine/src/test/resources");
        return switch (target) {
            case DIALOG -> pieces("\n\n", files(".dialog", root.resolve("scripts"), resources));
            case RULES ->
                    pieces(
                            "\n\0",
                            files(".yaml", root.resolve("engine/docs"), resources.resolve("io")));
            case LUA ->
                    pieces(
                            "\n\n",
                            files(
                                    ".lua",
                                    root.resolve("scripts"),
                                    resources.resolve("lua-manual")));
            case EDR -> List.of(EDR_FILE.getBytes(UTF_8), "#FOOTER|NUM_EDRS=x\n".getBytes(UTF_8));
            case CONTROL ->
                    Stream.of(
                                    "{\"verb\":\"status\"}\n",
                                    "{\"verb\":\"stop_traces\"}\n",
                                    "{\"verb\":\"stop_traces\",\"msisdn\":\"2776\"}\n",
                                    "{\"verb\":\"trace\",\"msisdn\":\"2776\",\"for_ms\":1}\n",
                                    "{\"verb\":[]}\n")
                            .map(text -> text.getBytes(UTF_8))
                            .toList();
            case WIRE -> throw new IllegalArgumentException("no text");
        };
    }

    private static final String EDR_FILE =
            """
            #HEADER|FILENAME=/edr/a.edr|TIME_START=100|HOSTNAME=h
            2021-09-30 05:00:51.079<Logic-1-00000001>USSD-PROCESS|DIRECTION=in|LRI=1|LTID=01|MSISDN=27761485722:1:1|RRI=1|RTID=02|TEXT=%2A100%23
            2021-09-30 05:00:52.079<Logic-1-00000001>USSD-REQUEST|DIRECTION=out|TEXT=1. Yes%0A2. No
            2021-09-30 05:00:53.079<Logic-1-00000001>USSD-REQUEST-R|CONTROLLED=1|REASON=Input|TEXT=1
            2021-09-30 05:00:54.079<Logic-1-00000001>TOPUP|AMOUNT=1,2,%2C3
            2021-09-30 05:00:55.079<Logic-1-00000001>USSD-PROCESS-R|TEXT=Bye
            #FOOTER|TIME_FINISH=150|NUM_EDRS=5|NUM_BYTES=515
            """;

    private static List<Path> files(String ending, Path... folders) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path folder : folders) {
            try (Stream<Path> all = Files.walk(folder)) {
                all.filter(file -> file.toString().endsWith(ending)).sorted().forEach(files::add);
            }
        }
        return files;
    }

    private static List<byte[]> pieces(String separator, List<Path> files) throws IOException {
        List<byte[]> pieces = new ArrayList<>();
        for (Path file : files) {
            String text = Files.readString(file).replaceAll("(?m)^ *#[^\"\n]*\n", "");
            for (String piece : text.split(separator, -1)) {
                if (piece.length() <= MOST && !piece.isBlank()) {
                    pieces.add((piece + "\n").getBytes(UTF_8));
                }
            }
        }
        return pieces;
    }

    /** Writes each into a file of its own: target, the project's folder, where to. */
    public static void main(String[] arguments) throws IOException {
        int number = 0;
        Path folder = Files.createDirectories(Path.of(arguments[2]));
        Targets target = Targets.valueOf(arguments[0].toUpperCase(java.util.Locale.ROOT));
        for (byte[] seed : of(target, Path.of(arguments[1]))) {
            Files.write(folder.resolve("seed-%04d".formatted(number++)), seed);
        }
    }
}
