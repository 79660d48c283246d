import WarehouseBasics

extension ScalarFunctions {
    private static func digest(_ name: String, aliases: [String], length: Int) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases, [.textOrBinary], .fixed(.varchar(length: length)))
    }

    private static func sha2(_ name: String, aliases: [String], _ type: LogicalType) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases, arguments: 1...2) { factory, arguments in
            let bits = arguments.count > 1 ? try factory.constantInteger(arguments[1], of: name) : 256
            guard [0, 224, 256, 384, 512].contains(bits) else {
                throw WarehouseError(.invalidValue, "SHA2 digest size \(bits) is not 224, 256, 384 or 512.")
            }
            let value = try ParameterType.textOrBinary.coerce(arguments[0], factory, function: name, all: arguments)
            return .call(name, [value, .constant(.integer(bits == 0 ? 256 : bits))], type)
        }
    }

    private static func decoding(_ name: String, _ result: ResultType) -> [ScalarFunction] {
        [ScalarFunction(name, [.text], result), ScalarFunction("TRY_" + name, [.text], result)]
    }

    /// Digests and text encodings of bytes.
    static let hashes: [ScalarFunction] = [
        digest("MD5", aliases: ["MD5_HEX"], length: 32), digest("SHA1", aliases: ["SHA1_HEX"], length: 40),
        sha2("SHA2", aliases: ["SHA2_HEX"], .varchar(length: 128)),
        ScalarFunction("MD5_BINARY", [.textOrBinary], .fixed(.binary(length: 16))),
        ScalarFunction("SHA1_BINARY", [.textOrBinary], .fixed(.binary(length: 20))),
        sha2("SHA2_BINARY", aliases: [], .binary(length: 64)),
        ScalarFunction("MD5_NUMBER_LOWER64", [.textOrBinary], .integer(38)),
        ScalarFunction("MD5_NUMBER_UPPER64", [.textOrBinary], .integer(38)),
        ScalarFunction("HASH", [.any], isVariadic: true, .integer(19)),
        filled("HEX_ENCODE", [.textOrBinary, .integer], required: 1, defaults: [.integer(1)], .text),
        ScalarFunction("BASE64_ENCODE", [.textOrBinary], .text),
    ] + decoding("HEX_DECODE_STRING", .text) + decoding("HEX_DECODE_BINARY", .binary)
        + decoding("BASE64_DECODE_STRING", .text) + decoding("BASE64_DECODE_BINARY", .binary)
}
