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

    /// The last characters of Base64's alphabet and its padding, as far as `text` gives them.
    private static func alphabet(_ argument: BoundExpression?, _ name: String, _ factory: ExpressionFactory) throws
        -> BoundExpression {
        let text = try argument.map { try factory.constantText($0, of: name) } ?? ""
        guard text.utf8.count <= 3, text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            throw WarehouseError(.invalidValue, "Invalid value ['\(text)'] for function '\(name)': an alphabet is up to "
                + "three ASCII characters, instead of '+/='.")
        }
        return .constant(.text(text + "+/=".dropFirst(text.count)))
    }

    private static func base64Decoding(_ name: String, _ result: ResultType) -> [ScalarFunction] {
        [name, "TRY_" + name].map { name in
            ScalarFunction(name, arguments: 1...2) { factory, arguments in
                let text = try ParameterType.text.coerce(arguments[0], factory, function: name, all: arguments)
                let last = try alphabet(arguments.dropFirst().first, name, factory)
                return .call(name, [text, last], try result.type([text]))
            }
        }
    }

    private static let base64Encode = ScalarFunction("BASE64_ENCODE", arguments: 1...3) { factory, arguments in
        let name = "BASE64_ENCODE"
        let value = try ParameterType.textOrBinary.coerce(arguments[0], factory, function: name, all: arguments)
        let length = arguments.count > 1 ? try factory.constantInteger(arguments[1], of: name) : 0
        guard length >= 0 else {
            throw WarehouseError(.invalidValue, "Invalid value [\(length)] for function '\(name)', parameter 2")
        }
        let last = try alphabet(arguments.count > 2 ? arguments[2] : nil, name, factory)
        return .call(name, [value, .constant(.integer(length)), last], .text)
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
        base64Encode,
    ] + decoding("HEX_DECODE_STRING", .text) + decoding("HEX_DECODE_BINARY", .binary)
        + base64Decoding("BASE64_DECODE_STRING", .text) + base64Decoding("BASE64_DECODE_BINARY", .binary)
}
