package io.moondial.rules;

import io.moondial.channel.sigtran.Endpoint;
import io.moondial.channel.sigtran.SigtranSettings.Admission;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Transport;
import io.moondial.config.Node.Scalar;
import io.moondial.config.Section;
import io.moondial.config.ValueType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One association of an application server. */
final class AssociationReader {
    private static final ValueType<Endpoint> ENDPOINT =
            new ValueType<>(
                    "HOST:PORT, such as \"10.0.0.1:2905\"",
                    List.of(),
                    scalar -> Endpoint.parse(scalar.text()));
    private static final ValueType<String> ADDRESS =
            ValueType.text(
                    "an address, such as \"10.0.0.1\"", Pattern.compile("[0-9A-Fa-f.:]{2,45}"));
    private static final ValueType<Transport> TRANSPORT =
            Words.choice(Transport.values(), Transport::word);

    private static final String NO_IDENTIFIER = "none";

    /** Empty: none is sent. */
    private static final ValueType<OptionalLong> ASP_IDENTIFIER =
            new ValueType<>(
                    "none, or a whole number from 0 to 4294967295",
                    List.of(NO_IDENTIFIER),
                    AssociationReader::aspIdentifier);

    private static Optional<OptionalLong> aspIdentifier(Scalar scalar) {
        return scalar.text().equals(NO_IDENTIFIER)
                ? Optional.of(OptionalLong.empty())
                : SigtranReader.CONTEXT.parser().apply(scalar).map(OptionalLong::of);
    }

    private AssociationReader() {}

    /**
     * An association.
     *
     * @param otherwise what its far end may bring where it does not say so itself
     */
    static Association read(Section section, Admission otherwise) {
        String name = section.require("name", SigtranReader.NAME).orElse("?");
        Transport transport = section.find("transport", TRANSPORT, Transport.SCTP);
        Optional<Endpoint> connect = section.find("connect", ENDPOINT);
        Optional<Endpoint> listen = section.find("listen", ENDPOINT);
        Optional<Endpoint> local = section.find("local", ENDPOINT);
        Optional<String> peer = section.find("peer", ADDRESS);
        List<String> extraLocal = section.distinct("extra_local", ADDRESS, List.of());
        if (section.has("connect") == section.has("listen")) {
            section.refuse("an association needs exactly one of connect and listen");
        }
        if (section.has("listen") && section.has("local")) {
            section.refuse("local", "listen already says where we listen: remove this key");
        }
        if (listen.filter(it -> !ofThisHost(it)).isPresent() && !section.has("peer")) {
            section.warn(
                    "listen",
                    "whoever connects first holds this association; name its far end in peer");
        }
        if (section.has("connect") && section.has("peer")) {
            section.refuse("peer", "connect already says whom we connect to: remove this key");
        }
        if (!extraLocal.isEmpty()) {
            checkExtraLocal(section, transport, listen.isPresent() || local.isPresent());
        }
        return new Association(
                name,
                transport,
                connect.or(() -> listen).orElse(new Endpoint("0.0.0.0", Endpoint.M3UA_PORT)),
                listen.isPresent(),
                local.orElse(null),
                extraLocal,
                peer.orElse(null),
                identifier(section),
                section.sectionIfGiven("admission")
                        .map(it -> Admission.SCHEMA.readOver(it, otherwise))
                        .orElse(null));
    }

    private static @Nullable Long identifier(Section section) {
        OptionalLong given = section.find("asp_identifier", ASP_IDENTIFIER, OptionalLong.empty());
        return given.isPresent() ? given.getAsLong() : null;
    }

    /** Whether only programs of this host can connect there. */
    private static boolean ofThisHost(Endpoint at) {
        return at.host().startsWith("127.")
                || at.host().equals("::1")
                || at.host().equals("localhost");
    }

    private static void checkExtraLocal(Section section, Transport transport, boolean hasFirst) {
        if (transport == Transport.TCP) {
            section.refuse(
                    "extra_local", "TCP has only one address at each end: this key is for sctp");
        } else if (!hasFirst) {
            section.refuse("extra_local", "this key needs local, which is missing");
        }
    }
}
