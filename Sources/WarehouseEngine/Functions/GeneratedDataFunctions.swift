import WarehouseBasics
import WarehouseColumns

extension ScalarKernels {
    /// Values that follow from an integer.
    static let generatedData: [String: Compile] = [
        "UNIFORM": { call in
            if call.type == .float {
                let bounds = try call.arguments.prefix(2).map { try call.compiler.typed($0, as: .float) }
                return try call.node(bounds + [call.integer(2)], .double) { UniformFloatKernel() }
            }
            let inputs = try [call.integer(0), call.integer(1), call.integer(2)]
            let range = ExpressionCompiler.union(of: Array(inputs.prefix(2)))
            return try call.node(inputs, .int64, range: range, raises: true) { UniformIntegerKernel() }
        },
        "NORMAL": { call in
            let floats = try call.arguments.prefix(2).map { try call.compiler.typed($0, as: .float) }
            return try call.node(floats + [call.integer(2)], .double) { NormalKernel() }
        },
        "ZIPF": { call in
            let exponent = try call.compiler.typed(call.arguments[0], as: .float)
            return try call.node([exponent, call.integer(1), call.integer(2)], .int64,
                                 range: ValueRange(0, Int128(ZipfKernel.maximumCount)), raises: true) { ZipfKernel() }
        },
        "RANDSTR": { call in
            try call.node([call.integer(0), call.integer(1)], .string, raises: true) { RandomTextKernel() }
        },
    ]

    /// Tokens and addresses.
    static let tokens: [String: Compile] = [
        "STRTOK": { try $0.node($0.mixed(integers: [2]), .string, mayBeNull: true, raises: true) { TokenKernel() } },
        "STRTOK_TO_ARRAY": { call in
            try build(call, call.mixed(integers: [])) { arguments, row, builder in
                try builder.beginArray()
                var tokens = TokenReader(arguments.text(0, row), delimiters: arguments.text(1, row))
                while let token = tokens.next() { builder.string(token) }
                try builder.endArray()
                return true
            }
        },
        "PARSE_URL": { call in
            try build(call, [call.text(0), call.integer(1)]) { arguments, row, builder in
                try AddressParts.write(arguments.text(0, row), isPermissive: arguments.integer(1, row) != 0, builder)
            }
        },
        "PARSE_IP": { call in
            try build(call, [call.text(0), call.text(1), call.integer(2)]) { arguments, row, builder in
                try InternetAddress.write(arguments.text(0, row), type: arguments.text(1, row),
                                          isPermissive: arguments.integer(2, row) != 0, builder)
            }
        },
    ]
}
