.PHONY: build test

IMAGE := registry.example.com/orders:dev
NODE ?= 22

build: ## Build the image
	docker build --tag $(IMAGE) .

test: build lint types
	npm ci
	npm test
	npm run lint
