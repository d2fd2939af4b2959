package io.moondial.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Names of content. */
class Sha256Test {
    /** FIPS 180-2, appendix B.1. */
    private static final String OF_ABC =
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void content_has_the_digest_of_the_standard_however_it_comes() throws IOException {
        byte[] abc = "abc".getBytes(UTF_8);

        assertThat(new Sha256().add(abc).hex(Sha256.OCTETS)).isEqualTo(OF_ABC);
        assertThat(new Sha256().add(new ByteArrayInputStream(abc)).hex(Sha256.OCTETS))
                .isEqualTo(OF_ABC);
        assertThat(new Sha256().add("a".getBytes(UTF_8)).add("bc".getBytes(UTF_8)).hex(4))
                .isEqualTo(OF_ABC.substring(0, 8));
    }

    @Test
    void parts_have_ends() {
        assertThat(new Sha256().addPart("ab").addPart("c").hex(Sha256.OCTETS))
                .isNotEqualTo(new Sha256().addPart("a").addPart("bc").hex(Sha256.OCTETS))
                .isEqualTo(new Sha256().add("ab\0c\0".getBytes(UTF_8)).hex(Sha256.OCTETS));
    }
}
