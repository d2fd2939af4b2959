package io.moondial.cli;

import io.moondial.dialog.Address;
import picocli.CommandLine.ITypeConverter;

/** Reads the digits of an IMSI: an address of the land mobile numbering plan. */
final class ImsiConverter implements ITypeConverter<Address> {
    @Override
    public Address convert(String value) {
        return AddressConverter.checked(value, Address.INTERNATIONAL, Address.LAND_MOBILE);
    }
}
