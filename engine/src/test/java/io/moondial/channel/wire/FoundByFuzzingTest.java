package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What searches found, each by the least input that did harm to the engine of {@link WireTarget}.
 */
class FoundByFuzzingTest {
    /** The kinds of steps of {@link WireTarget} in use here. */
    private static final int SCCP = 0x02;

    private static final int ARGUMENT = 0x04;
    private static final int COMPONENTS = 0x05;

    @TempDir Path folder;
    private WireTarget target;

    @BeforeEach
    void open() throws Exception {
        target = new WireTarget(folder, WireTarget.MAX_ALLOCATION);
    }

    @AfterEach
    void close() {
        target.close();
    }

    private void doesNoHarm(int kind, String... octets) {
        byte[] content = hex(String.join("", octets));
        byte[] step = Ber.join(Ber.octet(kind), Ber.octet(content.length), content);
        assertThatCode(() -> target.accept(step)).doesNotThrowAnyException();
    }

    /** Else nothing would be found: the answer 0 makes the script with the secret menu abort. */
    @Test
    void a_sound_answer_reaches_the_script() throws Exception {
        assertThat(target.counted("dialogs.finished.aborted")).isZero();
        target.accept(hex("08060f2a590c3602" + "09020f30"));
        assertThat(target.counted("dialogs.finished.aborted")).isPositive();
    }

    @Test
    void a_ussd_string_that_says_it_has_two_gigabytes() {
        doesNoHarm(ARGUMENT, "300c", "04010f", "04847fffffff", "aa180c");
    }

    @Test
    void an_msisdn_that_says_it_has_two_gigabytes() {
        doesNoHarm(ARGUMENT, "3011", "04010f", "0405aa180c3602", "80847fffffff", "91");
    }

    @Test
    void a_ussd_string_that_says_it_has_megabytes() {
        doesNoHarm(ARGUMENT, "300c", "04010f", "048404000000", "aa180c");
    }

    @Test
    void a_message_to_nobody_of_a_class_with_connections() {
        doesNoHarm(SCCP, "0902", "03070b", "0443020008", "0443010008", "026200");
    }

    @Test
    void a_title_with_the_spare_bit_of_its_nature_of_address_set() {
        doesNoHarm(SCCP, "0900", "03070f", "0443020006", "0812060012817282f9", "026200");
    }

    @Test
    void an_invoke_without_anything_in_it() {
        doesNoHarm(COMPONENTS, "a100");
    }
}
