"""What would a request do where it lands? Every value of it, decoded and judged by grammar."""
