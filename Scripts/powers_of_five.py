#!/usr/bin/env python3
"""Prints Sources/WarehouseBasics/Numbers/PowersOfFiveTable.swift: 128 significant bits of 10^q.

Rounding is that of Lemire, "Number Parsing at a Gigabyte per Second" (2021), section 5: powers from 5^0 on are cut,
reciprocals are cut and then raised by one where that keeps them 128 bits wide.
"""

LOWEST, HIGHEST = -342, 324


def significand(q):
    power = 5 ** abs(q)
    if q >= 0:
        while power < 1 << 127:
            power <<= 1
        while power >= 1 << 128:
            power >>= 1
        return power
    bits = power.bit_length() if power & (power - 1) else power.bit_length() - 1
    value = (1 << (bits + 127 if q >= -27 else 2 * bits + 128)) // power + 1
    while value >= 1 << 128:
        value >>= 1
    return value


print("// Made by Scripts/powers_of_five.py; do not edit.")
print()
print("extension PowersOfFive {")
print(f"    /// High and low halves of the significands of 10^{LOWEST} to 10^{HIGHEST}.")
print("    static let words: [UInt64] = [")
values = [significand(q) for q in range(LOWEST, HIGHEST + 1)]
words = [f"0x{w:016x}" for v in values for w in (v >> 64, v & (1 << 64) - 1)]
for i in range(0, len(words), 4):
    print("        " + ", ".join(words[i:i + 4]) + ",")
print("    ]")
print("}")
