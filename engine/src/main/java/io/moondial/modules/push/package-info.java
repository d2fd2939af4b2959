/** The module {@code push}, and what {@code ussd.push} and {@code ussd.defer} share with it. */
@org.jspecify.annotations.NullMarked
package io.moondial.modules.push;
