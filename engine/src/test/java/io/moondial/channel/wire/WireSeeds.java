package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.join;
import static io.moondial.channel.wire.Ber.tlv;

import io.moondial.channel.sigtran.M3uaReading;
import io.moondial.text.Vectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Sound inputs for {@link WireTarget}, and the messages of others: what a search begins with. */
public final class WireSeeds {
    private static final String CODE = "aa180c3602";

    private WireSeeds() {}

    /** Each an input. */
    public static List<byte[]> all() {
        List<byte[]> seeds = new ArrayList<>();
        byte[] dial = step(8, hex("0f" + CODE));
        byte[] secret = step(8, hex("0f2a590c3602"));
        byte[] go = step(9, hex("0f31"));
        byte[] invoke = Ber.invoke(3, 59, Ber.ussdArgument(15, CODE));
        byte[] result =
                tlv(0xa2, hex("020101"), tlv(0x30, hex("02013c"), Ber.ussdArgument(15, "31")));
        seeds.add(dial);
        seeds.add(join(dial, go));
        seeds.add(join(dial, go, go, step(9, hex("0f32"))));
        seeds.add(join(secret, step(9, hex("0fb49a6c06"))));
        seeds.add(join(secret, step(9, hex("0f30"))));
        seeds.add(step(8, hex("0faad90c")));
        seeds.add(step(8, hex("0f2a5c0d")));
        seeds.add(join(dial, step(13, hex("7fff"))));
        seeds.add(join(dial, step(14, hex("01"))));
        seeds.add(join(dial, step(6, result)));
        seeds.add(join(dial, step(6, invoke)));
        seeds.add(join(dial, step(6, hex("a30b02010102011b3003800101"))));
        seeds.add(join(dial, step(6, hex("a406020101810102"))));
        seeds.add(join(dial, step(6, join(hex("a406020101810102"), result))));
        seeds.add(join(dial, step(10, result)));
        seeds.add(join(dial, step(11, hex("4a0101"))));
        seeds.add(
                join(
                        dial,
                        step(
                                11,
                                hex(
                                        "6b242822060700118605010101a0176415800100be10280e060704000001010101"
                                                + "a003a40180"))));
        seeds.add(join(step(12, hex("0000")), dial, step(12, hex("0100"))));
        seeds.add(step(5, invoke));
        seeds.add(step(5, join(invoke, invoke)));
        seeds.add(step(5, Ber.invoke(1, 61, Ber.ussdArgument(15, CODE))));
        seeds.add(step(7, Ber.DIALOGUE));
        seeds.add(
                step(
                        7,
                        hex(
                                "6b41283f060700118605010101a034603280020780a109060704000001001302be21281f060704000001010101a014a0128007914809000000f08107914889200005f1")));
        byte[] begin = Ber.begin("0a0b", Ber.DIALOGUE, invoke);
        seeds.add(step(0, begin));
        seeds.add(step(1, begin));
        seeds.add(join(step(0x13, join(hex("0101"), begin)), step(0x53, hex("0001"))));
        seeds.add(step(2, Sccp.udt(Sccp.ENGINE, Sccp.PEER, begin)));
        seeds.add(step(2, Sccp.xudt(Sccp.ENGINE, Sccp.PEER, begin)));
        seeds.add(step(2, Sccp.xudts(1, Sccp.ENGINE, Sccp.PEER, begin)));
        seeds.add(step(0x4f, Sccp.udt(Sccp.ENGINE, Sccp.PEER, begin)));
        m3ua(begin).forEach(message -> seeds.add(step(0x0f, message)));
        m3ua(begin).forEach(message -> seeds.add(step(0xcf, message)));
        seeds.add(step(0x8f, join(hex("0301"), M3uaMessage.number(M3uaMessage.STATUS, 3))));
        vectors(seeds);
        return seeds;
    }

    private static void vectors(List<byte[]> seeds) {
        for (String source :
                List.of(
                        "wireshark_gsm_map_with_ussd_string",
                        "jss7_tcap",
                        "jss7_map_ussd",
                        "pycrate_tcap",
                        "pycrate_pcapr_tcap",
                        "misc_github_ussd_messages",
                        "gomaja_gsmmap_golden",
                        "libosmocore_ussd",
                        "jss7_map_errors")) {
            for (Vectors.Row row : Vectors.of(source)) {
                seeds.add(step(kind(row.hex()), row.octets()));
            }
        }
        for (Vectors.Row row : Vectors.of("jss7_sccp")) {
            seeds.add(step(2, row.octets()));
        }
    }

    /** Which step takes octets that begin so. */
    private static int kind(String hex) {
        return switch (hex.isEmpty() ? "" : hex.substring(0, 2)) {
            case "61", "62", "64", "65", "67" -> 1;
            case "30" -> 4;
            case "a1", "a2", "a3", "a4", "a7" -> 5;
            case "6b" -> 7;
            case "09", "0a", "11", "12", "13", "14" -> 2;
            case "01" -> 0x0f;
            default -> 0;
        };
    }

    private static Stream<byte[]> m3ua(byte[] begin) {
        byte[] context =
                M3uaMessage.number(M3uaMessage.ROUTING_CONTEXT, (int) M3uaReading.ROUTING_CONTEXT);
        byte[] point = M3uaMessage.number(M3uaMessage.AFFECTED_POINT_CODE, 1);
        return Stream.of(
                        M3uaMessage.data(
                                (int) M3uaReading.ROUTING_CONTEXT,
                                1,
                                2,
                                Sccp.udt(Sccp.ENGINE, Sccp.PEER, begin)),
                        M3uaMessage.of(M3uaMessage.UP_ACK),
                        M3uaMessage.of(M3uaMessage.ACTIVE_ACK, context),
                        M3uaMessage.of(
                                M3uaMessage.NOTIFY,
                                M3uaMessage.number(M3uaMessage.STATUS, 0x0001_0003),
                                context),
                        M3uaMessage.of(M3uaMessage.ERROR, M3uaMessage.number(0x0c, 6)),
                        M3uaMessage.of(M3uaMessage.BEAT, M3uaMessage.parameter(9, new byte[12])),
                        M3uaMessage.of(M3uaMessage.UNAVAILABLE, context, point),
                        M3uaMessage.of(M3uaMessage.AVAILABLE, context, point))
                .map(M3uaMessage::encoded);
    }

    private static byte[] step(int kind, byte[] content) {
        int length = Math.min(255, content.length);
        return join(Ber.octet(kind), Ber.octet(length), java.util.Arrays.copyOf(content, length));
    }

    /** Writes each into a file of its own, in the folder that is named. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        int number = 0;
        for (byte[] seed : all()) {
            Files.write(folder.resolve("seed-%04d".formatted(number++)), seed);
        }
    }
}
